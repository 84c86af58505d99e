/* A fully-connected layer as its kernels read it, and what they are called with. */
#ifndef LINEAR_LAYER_H
#define LINEAR_LAYER_H

#include "layer.h"

struct linear_layer {
    const int8_t *input;           /* tokens x c */
    const int8_t *weights;         /* k rows of row bytes */
    const uint32_t *indices;       /* sparse kernels only */
    const int32_t *requantization; /* k records */
    int8_t *output;                /* tokens x k */
    int32_t lo, hi;
    uint32_t c, k, tokens;
    uint32_t row; /* bytes of a weight row, a multiple of 4 */
};

/* Fully-connected layer, output channels first to last - 1 of all tokens: one core's share. first is even. */
typedef void linear_kernel(const struct linear_layer *layer, uint32_t first, uint32_t last);

#endif
