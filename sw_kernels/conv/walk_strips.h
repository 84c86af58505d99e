/* The walk over strips of output rows that convolutions of one group and of several share. */
#ifndef WALK_STRIPS_H
#define WALK_STRIPS_H

#include "conv_transfers.h"
#include "xdecimate.h"

/* What a core works on: a pair of pixels of a round. Passed by value, so that it stays in registers. */
struct pair {
    const struct conv_plan *plan;
    struct conv_layer *layer;
    struct patches *patches;
    int8_t *im2col, *out; /* the core's patches, and the output of pixel 0 */
    const int8_t *image;  /* the input of row 0 */
    uint32_t pixel, last; /* the pair's first, and the one past the strip's last */
};

/* load brings a tile to a buffer, begin a pair's patches before its first tile, compute the tile's channels of it. */
XD_INLINE void walk_strips(const struct conv_plan *plan, uint32_t cores,
                           dma_transfer (*load)(const struct conv_plan *plan, uint32_t tile, uint32_t buffer),
                           void (*begin)(struct pair pair),
                           void (*compute)(struct pair pair, uint32_t tile, uint32_t buffer))
{
    struct conv_layer layer = plan->layer;
    struct patches patches;
    const uint32_t me = core_id(), k = layer.k, tiles = plan->tiles;
    struct pair pair = {.plan = plan, .layer = &layer, .patches = &patches};
    pair.im2col = plan->im2col + me * plan->im2col_bytes;
    /* Transfers of core 0: this step's weights, this and the next strip's input, output of two strips. */
    dma_transfer weights = 0, input[2] = {0, 0}, output[2] = {0, 0};
    if (me == 0) {
        input[0] = load_strip(plan, 0);
        weights = load(plan, 0, 0);
        if (plan->strips > 1)
            input[1] = load_strip(plan, 1);
        dma_wait(input[0]);
    }
    team_barrier(); /* the first strip is here */
    uint32_t buffer = 1; /* the first tile turns it to 0 */
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        uint32_t first_row = strip * plan->strip_rows, last_row = least(first_row + plan->strip_rows, layer.oy);
        uint32_t first = first_row * layer.ox, last = last_row * layer.ox;
        pair.out = plan->output[strip % 2] - first * k;
        pair.image = plan->input[strip % 2] - input_rows(&layer, first_row, last_row).first * layer.ix * layer.c;
        pair.last = last;
        for (uint32_t round = first; round < last; round += 2 * cores) {
            pair.pixel = round + 2 * me;
            if (pair.pixel < last)
                begin(pair);
            for (uint32_t tile = 0; tile < tiles; tile++) {
                if (tiles > 1 || (strip == 0 && round == first)) {
                    int ends = strip + 1 == plan->strips && round + 2 * cores >= last && tile + 1 == tiles;
                    if (me == 0)
                        dma_wait(weights);
                    team_barrier(); /* the tile is here, and no core needs the one before any more */
                    buffer ^= 1;
                    if (me == 0 && tiles > 1 && !ends)
                        weights = load(plan, tile + 1 == tiles ? 0 : tile + 1, buffer ^ 1);
                }
                if (pair.pixel < last)
                    compute(pair, tile, buffer);
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

/* Channels of a pair of pixels, those that its layer has now, from one on. */
XD_INLINE void compute_channels(struct pair pair, uint32_t channel)
{
    const uint32_t k = pair.plan->layer.k;
    int8_t *out0 = pair.out + pair.pixel * k + channel;
    pair.plan->channels(pair.layer, pair.patches, out0, pair.patches->pair ? out0 + k : out0);
}

#endif
