#include "softmax_plan.h"

static void compute(const void *plan, struct flat_arrays l1, uint32_t first, uint32_t last)
{
    const struct softmax_plan *softmax = plan;
    struct softmax_layer layer = softmax->layer;
    layer.input = l1.input;
    layer.table = l1.constants;
    layer.output = l1.output;
    softmax->kernel(&layer, first, last);
}

void cluster_softmax(const struct softmax_plan *plan, uint32_t cores)
{
    const struct softmax_layer *layer = &plan->layer;
    walk_flat(&plan->flat, (struct flat_arrays){layer->input, 0, layer->output, layer->table}, cores, compute, plan);
}
