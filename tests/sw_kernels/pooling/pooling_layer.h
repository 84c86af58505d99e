/* A max-pooling as its kernels read it. */
#ifndef POOLING_LAYER_H
#define POOLING_LAYER_H

#include "layer.h"

struct pooling_layer {
    const int8_t *input; /* rows of ix x c */
    int8_t *output;      /* oy x ox x c */
    uint32_t c, ix, ox, oy;
    uint32_t fx, fy; /* window */
    uint32_t sx, sy; /* stride */
};

/* Output rows first to last - 1. */
typedef void pooling_kernel(const struct pooling_layer *layer, uint32_t first, uint32_t last);

#endif
