#include "banded_rows.h"

/* Outputs that a step computes: a tile's channels of a strip's pixels. */
struct block {
    uint32_t first, pixels;
    uint32_t tile;
};

static uint32_t channels_of(const struct conv_banded_plan *plan, uint32_t tile)
{
    return least(plan->tile_k, plan->layer.k - tile * plan->tile_k);
}

static dma_transfer load_tile(const struct conv_banded_plan *plan, uint32_t tile, uint32_t buffer)
{
    uint32_t bytes = channels_of(plan, tile) * (plan->layer.row + plan->index_bytes + plan->record_bytes);
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + tile * plan->tile_bytes, bytes);
}

static dma_transfer store_block(const struct conv_banded_plan *plan, struct block block, const int8_t *from)
{
    uint32_t pitch = 4 * plan->layer.k, bytes = 4 * channels_of(plan, block.tile);
    int8_t *to = plan->layer.output + block.first * pitch + 4 * block.tile * plan->tile_k;
    return dma_memcpy_2d(to, from, bytes, block.pixels, pitch, bytes);
}

/* This core's share of a block: a part of the channels of some of the pixels. */
static void compute(const struct conv_banded_plan *plan, const int8_t *input, const int8_t *weights, int8_t *output,
                    struct block block, uint32_t cores)
{
    struct conv_layer layer = plan->layer;
    const uint32_t parts = plan->parts, channels = channels_of(plan, block.tile), me = core_id();
    uint32_t share = parts == 1 ? channels : (channels + parts - 1) / parts, from = least(me % parts * share, channels);
    uint32_t group = me / parts, groups = cores / parts, chunk = (block.pixels + groups - 1) / groups;
    chunk += chunk % plan->at_once;
    uint32_t first = least(group * chunk, block.pixels), last = least(first + chunk, block.pixels);
    const int8_t *indices = weights + channels * layer.row, *records = indices + channels * plan->index_bytes;
    layer.input = input;
    layer.output = output + 4 * from;
    layer.k = least(share, channels - from);
    layer.weights = weights + from * layer.row;
    layer.indices = (const uint32_t *)(indices + from * plan->index_bytes);
    layer.requantization = (const int32_t *)(records + from * plan->record_bytes);
    if (layer.k && first < last)
        plan->quads(&layer, plan->scratch + me * plan->scratch_bytes, first, last, channels);
}

void cluster_conv_banded(const struct conv_banded_plan *plan, uint32_t cores)
{
    const uint32_t tiles = plan->tiles;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = core_id() == 0, storer = core_id() == cores - 1;
    /* Where there is one buffer, what comes next can only come when no core needs what is in it. */
    const int one_input = plan->input[0] == plan->input[1];
    const int one_tile = tiles > 1 && plan->weights[0] == plan->weights[1];
    dma_transfer weights = 0, input = 0, output[2] = {0, 0};
    struct block block = {0, 0, 0};
    uint32_t step = 0;
    if (loader) {
        input = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
    }
    fill_sides(plan, cores);
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        const int last_strip = strip + 1 == plan->strips;
        uint32_t row = strip * plan->strip_rows, rows = least(plan->strip_rows, plan->layer.oy - row);
        if (loader)
            dma_wait(input);
        team_barrier(); /* what is loaded of the strip is here, and no core needs the strip before any more */
        complete_strip(plan, strip, cores);
        for (uint32_t tile = 0; tile < tiles; tile++, step++) {
            const int ends = last_strip && tile + 1 == tiles;
            uint32_t next = tile + 1 == tiles ? 0 : tile + 1, buffer = step % 2;
            if (loader && (tiles > 1 || step == 0))
                dma_wait(weights);
            if (storer && step >= 2)
                dma_wait(output[step % 2]);
            team_barrier(); /* strip and tile are here; the step before is done, and the outputs of the one before left */
            if (loader && tiles > 1 && !one_tile && !ends)
                weights = load_tile(plan, next, buffer ^ 1);
            if (loader && tile == 0 && !one_input && !last_strip)
                input = load_strip(plan, strip + 1);
            if (storer && step > 0)
                output[(step - 1) % 2] = store_block(plan, block, plan->output[(step - 1) % 2]);
            block = (struct block){row * plan->layer.ox, rows * plan->layer.ox, tile};
            compute(plan, plan->input[strip % 2], plan->weights[buffer], plan->output[step % 2], block, cores);
            if (one_tile && !ends) {
                team_barrier(); /* no core needs the tile any more */
                if (loader)
                    weights = load_tile(plan, next, 0);
            }
        }
        if (one_input && !last_strip) {
            team_barrier(); /* no core needs the strip any more */
            if (loader)
                input = load_strip(plan, strip + 1);
        }
    }
    team_barrier(); /* the last step is done */
    if (storer) {
        output[(step - 1) % 2] = store_block(plan, block, plan->output[(step - 1) % 2]);
        dma_wait(output[(step - 1) % 2]); /* it is the last to end */
    }
}
