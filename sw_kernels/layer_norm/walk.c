#include "layer_norm_plan.h"

static void compute(const void *plan, struct flat_arrays l1, uint32_t first, uint32_t last)
{
    const struct layer_norm_plan *norm = plan;
    struct layer_norm_layer layer = norm->layer;
    layer.input = l1.input;
    layer.requantization = l1.constants;
    layer.output = l1.output;
    norm->kernel(&layer, first, last);
}

void cluster_layer_norm(const struct layer_norm_plan *plan, uint32_t cores)
{
    const struct layer_norm_layer *layer = &plan->layer;
    walk_flat(&plan->flat, (struct flat_arrays){layer->input, 0, layer->output, layer->requantization}, cores, compute,
              plan);
}
