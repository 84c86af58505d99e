#include "conv_tiles.h"
#include "conv_transfers.h"

/* Outputs that a step computes: a tile's channels of a round's pixels. */
struct block {
    uint32_t first, last; /* pixels */
    uint32_t tile;
};

static dma_transfer store_block(const struct conv_plan *plan, struct block block, const int8_t *from)
{
    uint32_t k = plan->layer.k, channels = channels_of(plan, block.tile);
    int8_t *to = plan->layer.output + block.first * k + block.tile * plan->tile_k;
    return dma_memcpy_2d(to, from, channels, block.last - block.first, k, channels);
}

void cluster_conv_by_tile(const struct conv_plan *plan, uint32_t cores)
{
    struct conv_layer layer = plan->layer;
    const uint32_t me = core_id(), tiles = plan->tiles;
    const int loader = me == 0, storer = me == cores - 1;
    /* Where there is one buffer, what comes next can only come when no core needs what is in it. */
    const int one_input = plan->input[0] == plan->input[1];
    const int one_tile = tiles > 1 && plan->weights[0] == plan->weights[1];
    int8_t *im2col = plan->im2col + me * plan->im2col_bytes;
    dma_transfer weights = 0, input = 0, output[2] = {0, 0};
    struct block block = {0, 0, 0};
    uint32_t step = 0;
    if (loader) {
        input = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
    }
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        uint32_t first_row = strip * plan->strip_rows, last_row = least(first_row + plan->strip_rows, layer.oy);
        uint32_t last = last_row * layer.ox;
        layer.input = plan->input[strip % 2] - input_rows(&layer, first_row, last_row).first * layer.ix * layer.c;
        if (loader)
            dma_wait(input);
        team_barrier(); /* the strip's input is here, and no core needs the strip before any more */
        if (loader && !one_input && strip + 1 < plan->strips)
            input = load_strip(plan, strip + 1);
        struct patches patches;
        for (uint32_t round = first_row * layer.ox; round < last; round += 2 * cores) {
            uint32_t pixel = me < cores ? round + 2 * me : last; /* cores beyond those have no buffers */
            if (pixel < last)
                patches = plan->gather(&layer, im2col, pixel, last);
            for (uint32_t tile = 0; tile < tiles; tile++, step++) {
                uint32_t next = tile + 1 == tiles ? 0 : tile + 1;
                int ends = strip + 1 == plan->strips && round + 2 * cores >= last && next == 0;
                if (loader && (tiles > 1 || step == 0))
                    dma_wait(weights);
                if (storer && step >= 2)
                    dma_wait(output[step % 2]);
                team_barrier(); /* the tile is here; the step before is done, and the outputs of the one before left */
                if (storer && step > 0)
                    output[(step - 1) % 2] = store_block(plan, block, plan->output[(step - 1) % 2]);
                if (loader && tiles > 1 && !one_tile && !ends)
                    weights = load_tile(plan, next, (step + 1) % 2);
                block = (struct block){round, least(round + 2 * cores, last), tile};
                if (pixel < last) {
                    enter_tile(&layer, plan, tile, step % 2);
                    int8_t *out0 = plan->output[step % 2] + (pixel - round) * layer.k;
                    plan->channels(&layer, &patches, out0, patches.pair ? out0 + layer.k : out0);
                }
                if (one_tile && !ends) {
                    team_barrier(); /* no core needs the tile any more */
                    if (loader)
                        weights = load_tile(plan, next, 0);
                }
            }
        }
        if (one_input && strip + 1 < plan->strips) {
            team_barrier(); /* no core needs the strip any more */
            if (loader)
                input = load_strip(plan, strip + 1);
        }
    }
    team_barrier(); /* the last step is done */
    if (storer) {
        output[(step - 1) % 2] = store_block(plan, block, plan->output[(step - 1) % 2]);
        dma_wait(output[(step - 1) % 2]);
        if (step > 1)
            dma_wait(output[step % 2]);
    }
}
