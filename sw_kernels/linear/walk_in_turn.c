#include "linear_tiles.h"

void cluster_linear_in_turn(const struct linear_plan *plan, uint32_t cores)
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
