/* A convolution as its kernels read it, and what they are called with. */
#ifndef CONV_LAYER_H
#define CONV_LAYER_H

#include "layer.h"

struct conv_layer {
    const int8_t *input;           /* iy x ix x c */
    const int8_t *weights;         /* k rows of row bytes */
    const uint32_t *indices;       /* sparse kernels only */
    const int32_t *requantization; /* k records */
    int8_t *output;                /* oy x ox x k */
    int8_t lo, hi;
    int8_t pad;  /* value of the padding */
    uint8_t gap; /* a struct without gaps is copied word by word */
    uint16_t dx; /* dilation; between rows it follows from span_y */
    uint16_t fy; /* rows of the filter */
    uint32_t c, k;
    uint32_t ix, iy; /* columns and rows of the input */
    uint32_t ox, oy; /* columns and rows of the output */
    uint32_t fx;     /* columns of the filter */
    uint32_t span_y; /* rows from the filter's first to its last: (fy - 1) * dilation + 1 */
    uint32_t sx, sy; /* stride */
    uint32_t px, py; /* padding left and above; what ox and oy need beyond the input is padding too */
    uint32_t row;    /* bytes of a weight row, a multiple of 4 */
    uint32_t patch;  /* bytes of an im2col buffer, a multiple of 4: the reduction, padded */
    uint16_t groups; /* parts of the channels, each with its own; the kernels compute one, where input points to it */
    uint16_t group_c; /* channels of a group of the input; 0 where there is one group */
};

/* Convolution of output pixels first to last - 1, counted row by row, all channels: one core's share.
 * im2col is scratch memory of this core: 2 * patch bytes, 3 * patch for the software sparse kernels. */
typedef void conv_kernel(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last);

/* The two steps of a convolution, for callers that walk pixels and tiles of channels themselves: patches of the output
 * pixels pixel and, if it is less than last, pixel + 1; then all channels of layer for them, to out0 and out1. */
struct patches {
    const int8_t *x0, *x1;
    int8_t *scratch;
    int pair; /* there is a second pixel */
};
typedef struct patches conv_gather(const struct conv_layer *layer, int8_t *im2col, uint32_t pixel, uint32_t last);
typedef void conv_channels(const struct conv_layer *layer, const struct patches *patches, int8_t *out0, int8_t *out1);

#endif
