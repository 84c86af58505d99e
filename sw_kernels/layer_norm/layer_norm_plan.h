/* A layer normalization on the cluster. */
#ifndef LAYER_NORM_PLAN_H
#define LAYER_NORM_PLAN_H

#include "flat.h"
#include "layer_norm_layer.h"

struct layer_norm_plan {
    struct layer_norm_layer layer; /* input, requantization and output are outside L1 */
    layer_norm_kernel *kernel;
    struct flat flat;
};

/* Run by every core of a team of cores cores. */
void cluster_layer_norm(const struct layer_norm_plan *plan, uint32_t cores);

#endif
