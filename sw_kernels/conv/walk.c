#include "conv_transfers.h"

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
