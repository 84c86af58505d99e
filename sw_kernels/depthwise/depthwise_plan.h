/* A depthwise convolution on the cluster: tiles of channels, strips of output rows, units of both.
 *
 * A step is a strip of a tile. Its input, and at a tile's first strip the tile's weights with the requantization
 * records behind them, come from L2 (or L3) to L1 while the step before is computed, and its output goes back while
 * the next one is. The cores take a step's units in turn, so that neighbours read different channels: those of one
 * pixel lie in different banks. Where all channels are one tile, rows are transferred whole.
 */
#ifndef DEPTHWISE_PLAN_H
#define DEPTHWISE_PLAN_H

#include "depthwise_layer.h"

struct depthwise_plan {
    struct depthwise_layer layer; /* input, weights (tiles) and output are outside L1; requantization unused */
    depthwise_kernel *kernel;
    uint32_t strips, strip_rows; /* of output rows, whole groups; the last strip may be shorter */
    uint32_t tiles, tile_c;      /* of channels; the last tile may be smaller */
    uint32_t tile_bytes;         /* from one tile's start to that of the next */
    uint32_t record_bytes;       /* of a channel's requantization */
    int8_t *input[2], *weights[2], *output[2]; /* buffers in L1; both the same where one is enough */
    int8_t *buffer;
    uint32_t buffer_bytes; /* of each core's buffer */
};

/* Run by every core of a team of cores cores. */
void cluster_depthwise(const struct depthwise_plan *plan, uint32_t cores);

#endif
