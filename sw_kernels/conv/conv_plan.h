/* A convolution on the cluster: strips of output rows, tiles of output channels, pairs of pixels.
 *
 * A strip's input rows come from L2 (or L3) to L1 and its output rows go back, while the strips before and after are
 * computed. Within a strip the cores take one pair of pixels each, a round, gather its patches once, and compute
 * tile after tile of the channels; the weights of a tile, with its indices and requantization records behind them, are
 * one DMA transfer, under way while the tile before is computed. Where all channels are one tile it stays in L1.
 *
 * cluster_conv_by_tile is for layers that do not fit so: a round's outputs go back tile by tile, and where one buffer
 * of weights or of input is all that fits, its next content comes when no core needs it any more.
 *
 * cluster_conv_grouped is for several groups. A tile has the channels of whole groups, or of a part of one.
 */
#ifndef CONV_PLAN_H
#define CONV_PLAN_H

#include "conv_layer.h"

struct conv_plan {
    struct conv_layer layer; /* input, weights (tiles) and output are outside L1; indices and requantization unused */
    conv_gather *gather;
    conv_channels *channels;
    uint32_t strips, strip_rows; /* of output rows; the last strip may be shorter */
    uint32_t tiles, tile_k;      /* of output channels; the last tile may be smaller */
    uint32_t tile_bytes;         /* from one tile's start to that of the next */
    uint32_t index_bytes;        /* of a channel */
    uint32_t record_bytes;       /* of a channel's requantization */
    int8_t *input[2], *weights[2], *output[2]; /* buffers in L1; both the same where one is enough */
    int8_t *im2col;
    uint32_t im2col_bytes; /* of each core's buffers */
};

/* Run by every core of a team of cores cores. */
void cluster_conv(const struct conv_plan *plan, uint32_t cores);

void cluster_conv_grouped(const struct conv_plan *plan, uint32_t cores);

/* Run by every core of a team, whose first cores cores compute. */
void cluster_conv_by_tile(const struct conv_plan *plan, uint32_t cores);

#endif
