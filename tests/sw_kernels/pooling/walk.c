#include "pooling_plan.h"

#include "tiles.h"

void cluster_pooling(const struct pooling_plan *plan, uint32_t cores)
{
    struct pooling_layer layer = plan->layer;
    const uint32_t me = core_id(), pitch = layer.ix * layer.c;
    layer.input = plan->input[0];
    layer.output = plan->output[0];
    for (uint32_t first = 0; first < plan->layer.oy; first += plan->strip_rows) {
        uint32_t rows = least(plan->strip_rows, plan->layer.oy - first);
        if (me == 0)
            dma_wait(dma_memcpy(plan->input[0], plan->layer.input + first * layer.sy * pitch,
                                ((rows - 1) * layer.sy + layer.fy) * pitch));
        team_barrier(); /* the strip is here */
        for (uint32_t row = me; row < rows; row += cores)
            plan->kernel(&layer, row, row + 1);
        team_barrier(); /* its output is whole */
        if (me == 0)
            dma_wait(dma_memcpy(plan->layer.output + first * layer.ox * layer.c, plan->output[0],
                                rows * layer.ox * layer.c));
    }
}
