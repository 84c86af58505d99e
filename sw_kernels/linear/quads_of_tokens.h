/* Four tokens at a time: the walk of the fully-connected kernels that read them side by side. */
#ifndef QUADS_OF_TOKENS_H
#define QUADS_OF_TOKENS_H

#include "linear_layer.h"
#include "quads.h"

/* Channels first to last - 1 of all tokens; the layer's tokens are fours. */
XD_INLINE void walk_quads(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    const struct quads quads = {
        .weights = layer->weights + first * layer->row,
        .indices = layer->indices + first * ((layer->row + PASS - 1) / PASS),
        .record = layer->requantization + first * RECORD_WORDS,
        .channels = last - first,
        .blocks = layer->row,
        .runs = 1,
        .range = {layer->lo, layer->hi},
    };
    const int8_t *x = layer->input;
    uint32_t *out = (uint32_t *)layer->output + first;
    for (uint32_t tokens = layer->tokens; tokens; tokens--, x += 4 * layer->c, out += layer->k)
        all_channels(quads, x, out);
}

#endif
