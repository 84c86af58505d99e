/* A softmax on the cluster. */
#ifndef SOFTMAX_PLAN_H
#define SOFTMAX_PLAN_H

#include "flat.h"
#include "softmax_layer.h"

struct softmax_plan {
    struct softmax_layer layer; /* input, table and output are outside L1 */
    softmax_kernel *kernel;
    struct flat flat;
};

/* Run by every core of a team of cores cores. */
void cluster_softmax(const struct softmax_plan *plan, uint32_t cores);

#endif
