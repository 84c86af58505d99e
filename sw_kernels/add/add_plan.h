/* An addition on the cluster. */
#ifndef ADD_PLAN_H
#define ADD_PLAN_H

#include "add_layer.h"
#include "flat.h"

struct add_plan {
    struct add_layer layer; /* both operands and the output are outside L1 */
    add_kernel *kernel;
    struct flat flat;
};

/* Run by every core of a team of cores cores. */
void cluster_add(const struct add_plan *plan, uint32_t cores);

#endif
