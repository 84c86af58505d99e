/* A fully-connected layer on the cluster: strips of tokens, tiles of output channels.
 *
 * A strip's tokens come to L1 once; then tile after tile of the channels is computed for all of them. The weights of a
 * tile, with its indices and requantization records behind them, are one DMA transfer, under way while the tile before is
 * computed, as its outputs are on their way back while the next tile is. The cores share a tile's channels, or the
 * tokens. Where all channels are one tile its weights stay in L1 for all strips.
 */
#ifndef CLUSTER_LINEAR_H
#define CLUSTER_LINEAR_H

#include "layer.h"

struct linear_plan {
    struct linear_layer layer; /* input, weights (tiles) and output are outside L1; indices and requantization unused */
    linear_kernel *kernel;
    uint32_t strips, strip_tokens; /* the last strip may be smaller */
    uint32_t tiles, tile_k;        /* of output channels, even unless there is one; the last tile may be smaller */
    uint32_t tile_bytes;           /* from one tile's start to that of the next */
    uint32_t index_bytes;          /* of index_channels channels */
    uint32_t index_channels;       /* 1 or 2 */
    uint32_t record_bytes;         /* of a channel's requantization */
    uint32_t by_tokens;            /* cores share the tokens, not the channels */
    int8_t *input[2], *weights[2], *output[2]; /* buffers in L1; both the same where one is enough */
};

/* Run by every core of a team of cores cores. */
void cluster_linear(const struct linear_plan *plan, uint32_t cores);

#endif
