#include "mul_plan.h"

static void compute(const void *plan, struct flat_arrays l1, uint32_t first, uint32_t last)
{
    const struct mul_plan *mul = plan;
    struct mul_layer layer = mul->layer;
    layer.input = l1.input;
    layer.second = l1.second;
    layer.output = l1.output;
    mul->kernel(&layer, first, last);
}

void cluster_mul(const struct mul_plan *plan, uint32_t cores)
{
    const struct mul_layer *layer = &plan->layer;
    walk_flat(&plan->flat, (struct flat_arrays){layer->input, layer->second, layer->output, 0}, cores, compute, plan);
}
