/* A strided view on the cluster: tiles of its axes.
 *
 * Without a kernel the DMA moves everything: it gathers a tile's elements to L1 and scatters them from there. Transfers
 * end in their order, so that one core describes them one after the other and waits for none.
 *
 * With a kernel, the input of a tile comes to L1 as it lies, while the tile before is computed, and the output goes back
 * while the next one is. The cores share a tile's units.
 */
#ifndef STRIDED_PLAN_H
#define STRIDED_PLAN_H

#include "strided_layer.h"

struct strided_plan {
    struct strided_layer layer; /* input and output are outside L1 */
    strided_kernel *kernel;     /* 0: the DMA alone */
    uint32_t steps;             /* tiles */
    uint32_t tile[STRIDED_AXES];                  /* elements of a tile along each axis; the last may have fewer */
    int32_t from[STRIDED_AXES], to[STRIDED_AXES]; /* bytes in the buffers from one index to the next */
    uint32_t span;                /* axis of which a transfer moves all bytes from first to last, or STRIDED_AXES */
    int8_t *input[2], *output[2]; /* buffers in L1; both the same where one is enough */
};

/* Run by every core of a team of cores cores. */
void cluster_strided(const struct strided_plan *plan, uint32_t cores);

#endif
