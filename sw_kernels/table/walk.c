#include "table_plan.h"

static void compute(const void *plan, struct flat_arrays l1, uint32_t first, uint32_t last)
{
    const struct table_plan *table = plan;
    struct table_layer layer = {l1.input, l1.constants, l1.output};
    table->kernel(&layer, first, last);
}

void cluster_table(const struct table_plan *plan, uint32_t cores)
{
    const struct table_layer *layer = &plan->layer;
    walk_flat(&plan->flat, (struct flat_arrays){layer->input, 0, layer->output, layer->table}, cores, compute, plan);
}
