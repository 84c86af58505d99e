/* A softmax as its kernels read it. */
#ifndef SOFTMAX_LAYER_H
#define SOFTMAX_LAYER_H

#include "layer.h"

struct softmax_layer {
    const int8_t *input;   /* rows of c */
    const uint16_t *table; /* 65535 * exp(-d * scale) for the distances d = 255 to 0 from a row's largest code */
    int8_t *output;        /* rows of c */
    uint32_t c;
    uint32_t mul, shift; /* mul * 2^-shift is the inverse of the output's scale; mul has 31 bits */
    int32_t zero;        /* point of the output */
};

/* Rows first to last - 1. */
typedef void softmax_kernel(const struct softmax_layer *layer, uint32_t first, uint32_t last);

#endif
