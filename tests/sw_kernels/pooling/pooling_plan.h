/* A max-pooling on the cluster: strip after strip of output rows, whose rows the cores take in turn. */
#ifndef POOLING_PLAN_H
#define POOLING_PLAN_H

#include "pooling_layer.h"

struct pooling_plan {
    struct pooling_layer layer; /* input and output are outside L1 */
    pooling_kernel *kernel;
    uint32_t strips, strip_rows; /* the last strip may be smaller */
    int8_t *input[2], *output[2]; /* buffers in L1, both the same */
};

/* Run by every core of a team of cores cores. */
void cluster_pooling(const struct pooling_plan *plan, uint32_t cores);

#endif
