/* A pooling as its kernels read it, and what they are called with. */
#ifndef POOL_LAYER_H
#define POOL_LAYER_H

#include "layer.h"

struct pool_layer {
    const int8_t *input;           /* iy x ix x c */
    const int32_t *requantization; /* average only: for each number of positions that a window has, it and a record */
    int8_t *output;                /* oy x ox x c */
    int32_t lo, hi;
    uint32_t c;
    uint32_t ix, iy; /* columns and rows of the input */
    uint32_t ox;     /* columns of the output */
    uint32_t fx, fy; /* window */
    uint32_t sx, sy; /* stride */
    uint32_t px, py; /* padding left and above; what the output needs beyond the input is padding too */
    uint32_t factor; /* average only: of the inputs, a power of two up to 64; the records are for their products */
};

/* Groups of four channels first to last - 1, counted pixel by pixel: one core's share. The kernels may read, and ignore,
 * up to 3 bytes past the end of the input.
 *
 * Kernels of banded images take channels first to last - 1 of one window, as large as the image. */
typedef void pool_kernel(const struct pool_layer *layer, uint32_t first, uint32_t last);

#endif
