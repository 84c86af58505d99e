/* A fully-connected layer on the cluster: strips of tokens, tiles of output channels.
 *
 * A strip's tokens come to L1 once; then tile after tile of the channels is computed for all of them. A tile is one
 * DMA transfer, under way while the tile before is computed, as its outputs are on their way back while the next tile is.
 * The cores share a tile's channels, or the tokens. Each core's part of a tile is by itself: weights, then indices, then
 * requantization records, and parts start in different banks. Where all channels are one tile it stays in L1 for all
 * strips.
 *
 * cluster_linear_in_turn is for rows so long that L1 has no room for two tiles: it has one buffer of each kind, and moves
 * and computes in turn.
 *
 * cluster_linear_banded and cluster_linear_banded_in_turn are the same for tokens in four bands: a token of the plan is a
 * row of words, whose bytes are those of four tokens.
 */
#ifndef LINEAR_PLAN_H
#define LINEAR_PLAN_H

#include "linear_layer.h"

struct linear_tile {
    uint32_t first, channels;    /* its output channels, even numbers of them unless it is the last */
    uint32_t part_k, part_bytes; /* each core's part of it, unless by_tokens: then it is one part */
    uint32_t offset, bytes;      /* of its parts in the layer's weights */
};

struct linear_plan {
    struct linear_layer layer; /* input, weights (tiles) and output are outside L1; indices and requantization unused */
    linear_kernel *kernel;
    const struct linear_tile *tile;
    uint32_t tiles;
    uint32_t strips, strip_tokens; /* the last strip may be smaller */
    uint32_t index_bytes;          /* of 1 << index_shift channels */
    uint32_t index_shift;          /* 0 or 1 */
    uint32_t by_tokens;            /* cores share the tokens, not the channels */
    int8_t *copies;                /* each core's own copy of the tokens, so that they do not meet there */
    uint32_t copy_bytes;           /* from one copy to the next; 0: all read the same */
    int8_t *input[2], *weights[2], *output[2]; /* buffers in L1; both the same where one is enough */
};

/* All are run by every core of a team of cores cores. */
void cluster_linear(const struct linear_plan *plan, uint32_t cores);
void cluster_linear_in_turn(const struct linear_plan *plan, uint32_t cores);
void cluster_linear_banded(const struct linear_plan *plan, uint32_t cores);
void cluster_linear_banded_in_turn(const struct linear_plan *plan, uint32_t cores);

#endif
