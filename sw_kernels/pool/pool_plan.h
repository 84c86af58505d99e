/* A pooling on the cluster: strips of output rows, tiles of channels.
 *
 * The input of a step, one tile of one strip, comes to L1 while the step before is computed, as its output is on its way
 * back while the next one is. The cores share a step's groups of four channels, counted pixel by pixel.
 */
#ifndef POOL_PLAN_H
#define POOL_PLAN_H

#include "pool_layer.h"

struct pool_plan {
    struct pool_layer layer; /* input, requantization and output are outside L1 */
    pool_kernel *kernel;
    uint32_t oy;                  /* rows of the output */
    uint32_t strips, strip_rows;  /* of output rows; the last strip may be shorter */
    uint32_t tiles, tile_c;       /* of channels; the last tile may be smaller */
    int8_t *input[2], *output[2]; /* buffers in L1; both the same where one is enough */
    int32_t *requantization;      /* buffer in L1 of this many bytes */
    uint32_t requantization_bytes;
};

/* Run by every core of a team of cores cores. */
void cluster_pool(const struct pool_plan *plan, uint32_t cores);
/* The same of a banded image that the window covers, in one strip; the cores share channels. */
void cluster_pool_banded(const struct pool_plan *plan, uint32_t cores);

#endif
