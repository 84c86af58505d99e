/* A conversion between rows and bands on the cluster: strips of words.
 *
 * The input of a strip comes to L1 while the strip before is computed, as its output is on its way back while the next
 * one is. In L1 the parts of the four bands are pitch bytes apart. The cores take consecutive shares of a strip.
 */
#ifndef REORDER_PLAN_H
#define REORDER_PLAN_H

#include "reorder_layer.h"

struct reorder_plan {
    struct reorder_layer layer; /* input and output are outside L1 */
    reorder_kernel *kernel;
    uint32_t strips, strip_words; /* the last strip may be smaller */
    uint32_t share;               /* words of a strip for each core */
    uint32_t pitch;
    int8_t *input[2], *output[2]; /* buffers in L1; both the same where one is enough */
};

/* Run by every core of a team of cores cores. */
void cluster_reorder(const struct reorder_plan *plan, uint32_t cores);

#endif
