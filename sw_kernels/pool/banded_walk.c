#include "pool_plan.h"

#include "tiles.h"

static uint32_t channels_of(const struct pool_plan *plan, uint32_t tile)
{
    return least(plan->tile_c, plan->layer.c - tile * plan->tile_c);
}

/* A tile's words of all positions. */
static dma_transfer load(const struct pool_plan *plan, uint32_t tile)
{
    const struct pool_layer *layer = &plan->layer;
    uint32_t positions = (layer->iy + 3) / 4 * layer->ix, bytes = 4 * channels_of(plan, tile);
    const int8_t *from = layer->input + 4 * tile * plan->tile_c;
    return dma_memcpy_2d(plan->input[tile % 2], from, bytes, positions, bytes, 4 * layer->c);
}

/* This core's share of a tile's channels. */
static void compute(const struct pool_plan *plan, uint32_t tile, uint32_t cores)
{
    struct pool_layer layer = plan->layer;
    layer.c = channels_of(plan, tile);
    layer.input = plan->input[tile % 2];
    layer.output = plan->output[tile % 2];
    layer.requantization = plan->requantization;
    uint32_t share = (layer.c + cores - 1) / cores;
    uint32_t first = least(core_id() * share, layer.c), last = least(first + share, layer.c);
    if (first < last)
        plan->kernel(&layer, first, last);
}

void cluster_pool_banded(const struct pool_plan *plan, uint32_t cores)
{
    const uint32_t tiles = plan->tiles;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = core_id() == 0, storer = core_id() == cores - 1;
    dma_transfer input = 0, output = 0;
    if (loader) {
        input = load(plan, 0);
        if (plan->requantization_bytes)
            dma_wait(dma_memcpy(plan->requantization, plan->layer.requantization, plan->requantization_bytes));
    }
    for (uint32_t tile = 0; tile <= tiles; tile++) {
        if (loader && tile < tiles)
            dma_wait(input);
        if (storer && tile > 1)
            dma_wait(output);
        team_barrier(); /* this tile is here; the tile before is done, and the outputs of the one before left */
        if (loader && tile + 1 < tiles)
            input = load(plan, tile + 1);
        if (storer && tile > 0)
            output = dma_memcpy(plan->layer.output + (tile - 1) * plan->tile_c, plan->output[(tile - 1) % 2],
                                channels_of(plan, tile - 1));
        if (tile < tiles)
            compute(plan, tile, cores);
    }
    if (storer)
        dma_wait(output);
}
