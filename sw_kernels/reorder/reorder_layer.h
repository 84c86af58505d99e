/* A conversion between rows and bands as its kernel reads it.
 *
 * Four bands of rows lie one after the other, pitch bytes each. Word w of the banded array has byte w of each of them.
 */
#ifndef REORDER_LAYER_H
#define REORDER_LAYER_H

#include "layer.h"

struct reorder_layer {
    const int8_t *input;
    int8_t *output;
    uint32_t banded; /* 1: the output is; 0: the input is */
    uint32_t pitch;  /* words, and bytes of a band */
    uint32_t bytes;  /* of the rows: those past them are 0 in words, and are not written from words */
};

/* Words first to last - 1. */
typedef void reorder_kernel(const struct reorder_layer *layer, uint32_t first, uint32_t last);

#endif
