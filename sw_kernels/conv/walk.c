#include "conv_plan.h"

#include "tiles.h"

/* Input rows that output rows first to last - 1 read: the first of them, and how many. */
struct rows {
    uint32_t first, count;
};

static struct rows input_rows(const struct conv_layer *layer, uint32_t first, uint32_t last)
{
    int32_t from = cv_max((int32_t)(first * layer->sy) - (int32_t)layer->py, 0);
    int32_t to = cv_min((int32_t)((last - 1) * layer->sy + layer->span_y) - (int32_t)layer->py, (int32_t)layer->iy);
    return (struct rows){(uint32_t)from, (uint32_t)cv_max(to - from, 0)};
}

static dma_transfer load_strip(const struct conv_plan *plan, uint32_t strip)
{
    const struct conv_layer *layer = &plan->layer;
    uint32_t first = strip * plan->strip_rows, pitch = layer->ix * layer->c;
    struct rows rows = input_rows(layer, first, least(first + plan->strip_rows, layer->oy));
    return dma_memcpy(plan->input[strip % 2], layer->input + rows.first * pitch, rows.count * pitch);
}

static uint32_t channels_of(const struct conv_plan *plan, uint32_t tile)
{
    return least(plan->tile_k, plan->layer.k - tile * plan->tile_k);
}

static dma_transfer load_tile(const struct conv_plan *plan, uint32_t tile, uint32_t buffer)
{
    uint32_t bytes = channels_of(plan, tile) * (plan->layer.row + plan->index_bytes + plan->record_bytes);
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + tile * plan->tile_bytes, bytes);
}

/* The layer as a tile sees it: its channels, their weights where they lie in L1. */
static void enter_tile(struct conv_layer *layer, const struct conv_plan *plan, uint32_t tile, uint32_t buffer)
{
    layer->k = channels_of(plan, tile);
    layer->weights = plan->weights[buffer];
    layer->indices = (const uint32_t *)(layer->weights + layer->k * layer->row);
    layer->requantization = (const int32_t *)((const int8_t *)layer->indices + layer->k * plan->index_bytes);
}

void cluster_conv(const struct conv_plan *plan, uint32_t cores)
{
    struct conv_layer layer = plan->layer;
    const uint32_t me = core_id(), k = layer.k, tiles = plan->tiles;
    int8_t *im2col = plan->im2col + me * plan->im2col_bytes;
    /* Transfers of core 0: this step's weights, this and the next strip's input, output of two strips. */
    dma_transfer weights = 0, input[2] = {0, 0}, output[2] = {0, 0};
    if (me == 0) {
        input[0] = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
        if (plan->strips > 1)
            input[1] = load_strip(plan, 1);
        dma_wait(input[0]);
    }
    team_barrier(); /* the first strip is here */
    uint32_t buffer = 1; /* the first tile turns it to 0 */
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        uint32_t first_row = strip * plan->strip_rows, last_row = least(first_row + plan->strip_rows, layer.oy);
        uint32_t first = first_row * layer.ox, last = last_row * layer.ox;
        int8_t *out = plan->output[strip % 2] - first * k;
        layer.input = plan->input[strip % 2] - input_rows(&layer, first_row, last_row).first * layer.ix * layer.c;
        struct patches patches;
        for (uint32_t round = first; round < last; round += 2 * cores) {
            uint32_t pixel = round + 2 * me;
            if (pixel < last)
                patches = plan->gather(&layer, im2col, pixel, last);
            for (uint32_t tile = 0; tile < tiles; tile++) {
                if (tiles > 1 || (strip == 0 && round == first)) {
                    int ends = strip + 1 == plan->strips && round + 2 * cores >= last && tile + 1 == tiles;
                    if (me == 0)
                        dma_wait(weights);
                    team_barrier(); /* the tile is here, and no core needs the one before any more */
                    buffer ^= 1;
                    if (me == 0 && tiles > 1 && !ends)
                        weights = load_tile(plan, tile + 1 == tiles ? 0 : tile + 1, buffer ^ 1);
                }
                if (pixel >= last)
                    continue;
                enter_tile(&layer, plan, tile, buffer);
                int8_t *out0 = out + pixel * k + tile * plan->tile_k;
                plan->channels(&layer, &patches, out0, patches.pair ? out0 + k : out0);
            }
        }
        if (me == 0 && strip + 1 < plan->strips) {
            dma_wait(input[(strip + 1) % 2]);
            if (strip > 0)
                dma_wait(output[(strip + 1) % 2]);
        }
        team_barrier(); /* the strip's output is whole, and what the next one needs is here */
        if (me == 0) {
            output[strip % 2] = dma_memcpy(plan->layer.output + first * k, plan->output[strip % 2], (last - first) * k);
            if (strip + 2 < plan->strips)
                input[strip % 2] = load_strip(plan, strip + 2);
        }
    }
    if (me == 0)
        for (uint32_t strip = plan->strips > 2 ? plan->strips - 2 : 0; strip < plan->strips; strip++)
            dma_wait(output[strip % 2]);
}
