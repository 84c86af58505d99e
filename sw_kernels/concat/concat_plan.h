/* A concatenation on the cluster: strips of rows, which the DMA puts together in L1.
 *
 * Transfers end in their order, so that one core describes them one after the other: the arrays of a strip, then the
 * strip as a whole.
 */
#ifndef CONCAT_PLAN_H
#define CONCAT_PLAN_H

#include "concat_layer.h"

struct concat_plan {
    struct concat_layer layer; /* inputs and output are outside L1 */
    uint32_t strip_rows;       /* the last strip may have fewer */
    int8_t *buffer;            /* of a strip, in L1 */
};

/* Run by every core of a team of cores cores. */
void cluster_concat(const struct concat_plan *plan, uint32_t cores);

#endif
