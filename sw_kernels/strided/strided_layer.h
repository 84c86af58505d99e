/* A strided view as its kernels read it, and what they are called with. */
#ifndef STRIDED_LAYER_H
#define STRIDED_LAYER_H

#include "layer.h"

#define STRIDED_AXES 6

struct strided_axis {
    uint32_t count;
    int32_t from, to; /* bytes from one index to the next, in the input and in the output */
};

struct strided_layer {
    const int8_t *input;
    int8_t *output;
    uint32_t offset; /* of the input's first element */
    uint32_t outer;  /* the first axis with more than one element, or the last */
    uint32_t across; /* an axis along which the input has no gaps, or the last */
    struct strided_axis axis[STRIDED_AXES]; /* the last is the innermost of the output */
};

/* Units first to last - 1: a core's share. A unit is up to four rows of the last axis that are neighbours along the axis
 * across, or one where that is the last; units are counted as the output lies. */
typedef void strided_kernel(const struct strided_layer *layer, uint32_t first, uint32_t last);

#endif
