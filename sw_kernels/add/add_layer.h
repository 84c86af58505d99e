/* An addition as its kernels read it. */
#ifndef ADD_LAYER_H
#define ADD_LAYER_H

#include "layer.h"

/* Every output is clip((input * m1 + second * m2 + c) >> shift, lo, hi), proven to fit 32 bits. */
struct add_layer {
    const int8_t *input, *second;
    int8_t *output;
    int32_t lo, hi;
    int32_t m1, m2, c, shift;
};

/* Elements first to last - 1. */
typedef void add_kernel(const struct add_layer *layer, uint32_t first, uint32_t last);

#endif
