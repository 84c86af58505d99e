/* A table on the cluster. */
#ifndef TABLE_PLAN_H
#define TABLE_PLAN_H

#include "flat.h"
#include "table_layer.h"

struct table_plan {
    struct table_layer layer; /* input, table and output are outside L1 */
    table_kernel *kernel;
    struct flat flat;
};

/* Run by every core of a team of cores cores. */
void cluster_table(const struct table_plan *plan, uint32_t cores);

#endif
