/* A depthwise convolution as its kernels read it, and what they are called with. */
#ifndef DEPTHWISE_LAYER_H
#define DEPTHWISE_LAYER_H

#include "layer.h"

struct depthwise_layer {
    const int8_t *input;           /* iy x ix x c */
    const int8_t *weights;         /* c rows of row bytes: fx columns of words words, the filter's rows from above */
    const int32_t *requantization; /* c records */
    int8_t *output;                /* oy x ox x c */
    int32_t lo, hi;
    uint32_t c;
    uint32_t ix, iy;  /* columns and rows of the input */
    uint32_t ox, oy;  /* columns and rows of the output */
    uint32_t fx, fy;  /* filter */
    uint32_t sx, sy;  /* stride */
    uint32_t px, py;  /* padding left and above; what ox and oy need beyond the input is padding too */
    uint32_t dx, dy;  /* dilation */
    uint32_t span_y;  /* rows from the filter's first to its last: (fy - 1) * dy + 1 */
    int32_t pad;      /* value of the padding */
    uint32_t row;     /* bytes of a channel's weights */
    uint32_t words;   /* of four rows each that a column of the filter has */
    uint32_t columns; /* of the padded input that a row of the output sees */
    uint32_t group;   /* output rows that are computed together: 2 if fx = 3, fy <= 3 and stride and dilation are 1 */
};

/* Units first, first + step, ... below last: a core's share. A unit is four channels of a group of output rows, counted
 * from the first group on, all channels of a group first. buffer is scratch memory of this core, on a word:
 * 16 * columns * words + 16 bytes. */
typedef void depthwise_kernel(const struct depthwise_layer *layer, int8_t *buffer, uint32_t first, uint32_t last,
                              uint32_t step);

#endif
