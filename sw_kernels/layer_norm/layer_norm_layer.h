/* A layer normalization as its kernels read it; the integers are those of reference/layer_norm.py. */
#ifndef LAYER_NORM_LAYER_H
#define LAYER_NORM_LAYER_H

#include "layer.h"

struct layer_norm_layer {
    const int8_t *input;           /* rows of c */
    const int32_t *requantization; /* for each channel mul, add >> 32 and shift - 32 */
    int8_t *output;                /* rows of c */
    int32_t lo, hi;
    uint32_t c;
    uint32_t shift;                 /* of a deviation whose row has an exponent of 0 */
    uint32_t epsilon, epsilon_high; /* low and high word of what is added to a row's spread */
};

/* Rows first to last - 1. */
typedef void layer_norm_kernel(const struct layer_norm_layer *layer, uint32_t first, uint32_t last);

#endif
