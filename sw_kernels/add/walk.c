#include "add_plan.h"

static void compute(const void *plan, struct flat_arrays l1, uint32_t first, uint32_t last)
{
    const struct add_plan *add = plan;
    struct add_layer layer = add->layer;
    layer.input = l1.input;
    layer.second = l1.second;
    layer.output = l1.output;
    add->kernel(&layer, first, last);
}

void cluster_add(const struct add_plan *plan, uint32_t cores)
{
    const struct add_layer *layer = &plan->layer;
    walk_flat(&plan->flat, (struct flat_arrays){layer->input, layer->second, layer->output, 0}, cores, compute, plan);
}
