/* A convolution of banded activations on the cluster: strips of rows of words, tiles of output channels.
 *
 * Outside L1 the image has neither halo nor padding: word [row][column][channel] holds the bytes of four bands, of step
 * rows each. A strip's rows come to L1 between columns of padding; the cores make those rows that are a neighbour's of
 * the neighbour's, or of padding (banded_rows.h). Then tile after tile of the channels is computed for the whole strip.
 * A tile's weights, with its indices and requantization records behind them, are one DMA transfer, under way while the
 * tile before is computed, as its outputs are on their way back while the next tile is. Where all channels are one tile it
 * stays in L1 for all strips.
 *
 * The cores share the pixels of a strip, and where there are few of them a tile's channels too. Where one buffer of
 * weights or of input is all that fits, its next content comes when no core needs it any more.
 */
#ifndef CONV_BANDED_PLAN_H
#define CONV_BANDED_PLAN_H

#include "conv_layer.h"

/* Runs of the reduction, as quads.h has them: how many, blocks of each, and bytes from each one's base to the next. */
struct conv_runs {
    uint32_t count, blocks;
    int32_t steps[];
};
typedef void conv_find_runs(const struct conv_layer *layer, struct conv_runs *runs);

/* All channels of layer at consecutive pixels, whose first one is in this column. The layer's input and output are those
 * of the first pixel; from a pixel's outputs to those of the next there are pitch words. */
typedef void conv_quads(const struct conv_layer *layer, const struct conv_runs *runs, uint32_t column, uint32_t pixels,
                        uint32_t pitch);

struct conv_banded_plan {
    struct conv_layer layer; /* of a band and its halo; input, weights (tiles) and output are outside L1 */
    conv_find_runs *find_runs;
    conv_quads *quads;
    uint32_t strips, strip_rows; /* of a band's output rows; the last strip may be shorter */
    uint32_t tiles, tile_k;      /* of output channels; the last tile may be smaller */
    uint32_t tile_bytes;         /* from one tile's start to that of the next */
    uint32_t index_bytes;        /* of a channel */
    uint32_t record_bytes;       /* of a channel's requantization */
    uint32_t parts, part_k;      /* of a tile's channels, and channels of a part; the last may be smaller */
#if IN_STEP
    uint32_t apart;              /* pixels from a core's chunk to its next: a chunk is what a kernel computes together */
#else
    uint32_t turn_k;             /* channels of the part by which a core begins later than the one before */
#endif
    uint32_t chunk;              /* pixels of a core; cores / parts cores share those of each part */
    uint32_t height, step;       /* rows of the image, and of its bands: a quarter, rounded up */
    uint32_t columns;            /* of the image */
    uint16_t left, top;          /* columns and rows of padding */
    int8_t *input[2], *weights[2], *output[2]; /* buffers in L1; both the same where one is enough */
    int8_t *runs;
    uint32_t runs_bytes; /* of each core */
};

/* Run by every core of a team of cores cores, a multiple of parts. */
void cluster_conv_banded(const struct conv_banded_plan *plan, uint32_t cores);
/* The same of several groups: a tile may have channels of some of them. */
void cluster_conv_banded_grouped(const struct conv_banded_plan *plan, uint32_t cores);

#endif
