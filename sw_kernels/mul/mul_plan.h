/* A product on the cluster. */
#ifndef MUL_PLAN_H
#define MUL_PLAN_H

#include "flat.h"
#include "mul_layer.h"

struct mul_plan {
    struct mul_layer layer; /* both operands and the output are outside L1 */
    mul_kernel *kernel;
    struct flat flat;
};

/* Run by every core of a team of cores cores. */
void cluster_mul(const struct mul_plan *plan, uint32_t cores);

#endif
