/* A table as its kernels read it. */
#ifndef TABLE_LAYER_H
#define TABLE_LAYER_H

#include "layer.h"

struct table_layer {
    const int8_t *input;
    const int8_t *table; /* outputs for the codes -128 to 127 */
    int8_t *output;
};

/* Elements first to last - 1. */
typedef void table_kernel(const struct table_layer *layer, uint32_t first, uint32_t last);

#endif
