/* The walks of fully-connected layers, whatever the layout of their tokens. */
#ifndef LINEAR_WALKS_H
#define LINEAR_WALKS_H

#include "bytes.h"
#include "linear_tiles.h"

XD_INLINE void walk_tiles(const struct linear_plan *plan, uint32_t cores)
{
    struct linear_layer layer = plan->layer;
    const uint32_t me = core_id(), tiles = plan->tiles, steps = plan->strips * tiles;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    /* Their transfers: the next step's weights, this and the next strip's input; the output of two steps. */
    dma_transfer weights = 0, input[2] = {0, 0}, output[2] = {0, 0};
    if (loader) {
        input[0] = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
    }
    uint32_t strip = 0, tile = 0;
    for (uint32_t step = 0; step <= steps; step++) {
        int loads = tiles > 1 || step == 0;
        uint32_t buffer = tiles > 1 ? step % 2 : 0;
        if (loader && step < steps && tile == 0)
            dma_wait(input[strip % 2]);
        if (plan->copy_bytes && step < steps && tile == 0) {
            team_barrier(); /* the tokens are here; the weights are on their way */
            copy_bytes(plan->copies + me * plan->copy_bytes, plan->input[strip % 2], tokens_of(plan, strip) * layer.c * ACTIVATION);
        }
        if (loader && step < steps && loads)
            dma_wait(weights);
        if (storer && step >= 2)
            dma_wait(output[step % 2]);
        team_barrier(); /* this step's operands are here; the step before is done */
        if (loader) {
            if (step + 1 < steps && tiles > 1)
                weights = load_tile(plan, tile + 1 == tiles ? 0 : tile + 1, buffer ^ 1);
            if (tile == 0 && step < steps && strip + 1 < plan->strips)
                input[(strip + 1) % 2] = load_strip(plan, strip + 1);
        }
        if (storer && step > 0)
            output[(step - 1) % 2] = store_tile(plan, tile ? strip : strip - 1, tile ? tile - 1 : tiles - 1,
                                                (step - 1) % 2);
        if (step == steps)
            break;
        layer.input = plan->copy_bytes ? plan->copies + me * plan->copy_bytes : plan->input[strip % 2];
        layer.output = plan->output[step % 2];
        layer.tokens = tokens_of(plan, strip);
        layer.k = plan->tile[tile].channels;
        compute(plan, layer, &plan->tile[tile], plan->weights[buffer], cores);
        if (++tile == tiles)
            tile = 0, strip++;
    }
    if (storer) {
        dma_wait(output[(steps - 1) % 2]);
        if (steps > 1)
            dma_wait(output[steps % 2]);
    }
}

XD_INLINE void walk_in_turn(const struct linear_plan *plan, uint32_t cores)
{
    struct linear_layer layer = plan->layer;
    const int mover = core_id() == 0;
    layer.input = plan->input[0];
    layer.output = plan->output[0];
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        layer.tokens = tokens_of(plan, strip);
        for (uint32_t tile = 0; tile < plan->tiles; tile++) {
            if (mover && tile == 0)
                dma_wait(load_strip(plan, strip));
            if (mover && (plan->tiles > 1 || strip == 0))
                dma_wait(load_tile(plan, tile, 0));
            team_barrier(); /* the tokens and the tile are here */
            layer.k = plan->tile[tile].channels;
            compute(plan, layer, &plan->tile[tile], plan->weights[0], cores);
            team_barrier(); /* no core needs them any more, and the outputs are whole */
            if (mover)
                dma_wait(store_tile(plan, strip, tile, 0));
        }
    }
}

#endif
