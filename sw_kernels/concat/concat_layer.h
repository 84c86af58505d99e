/* A concatenation as its kernels read it. */
#ifndef CONCAT_LAYER_H
#define CONCAT_LAYER_H

#include "layer.h"

#define CONCAT_PARTS 8

struct concat_layer {
    union {
        struct {
            const int8_t *input, *input1, *input2, *input3, *input4, *input5, *input6, *input7;
        };
        const int8_t *inputs[CONCAT_PARTS]; /* rows x bytes each */
    };
    int8_t *output; /* rows x the sum of bytes */
    uint32_t rows, parts;
    uint32_t bytes[CONCAT_PARTS]; /* of a row of each array */
};

/* Rows first to last - 1. */
typedef void concat_kernel(const struct concat_layer *layer, uint32_t first, uint32_t last);

#endif
