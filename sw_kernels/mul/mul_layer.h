/* A product as its kernels read it. */
#ifndef MUL_LAYER_H
#define MUL_LAYER_H

#include "layer.h"

/* Every output is clip((((input - zero1) * (second - zero2) * mul >> 32) + add) >> shift, lo, hi). */
struct mul_layer {
    const int8_t *input, *second;
    int8_t *output;
    int32_t lo, hi;
    int32_t zero1, zero2;
    int32_t mul, add, shift;
};

/* Elements first to last - 1. */
typedef void mul_kernel(const struct mul_layer *layer, uint32_t first, uint32_t last);

#endif
