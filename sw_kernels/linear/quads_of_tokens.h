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
    for (uint32_t tokens = layer->tokens; tokens;) {
        /* With eight positions, the next four tokens are the second four, or the same again. */
        uint32_t fours = QUADS == 2 && tokens > 1 ? 2 : 1;
        struct positions at;
        at.x[0] = x;
        at.out[0] = out;
        at.x[QUADS - 1] = x + (fours - 1) * 4 * layer->c;
        at.out[QUADS - 1] = out + (fours - 1) * layer->k;
        all_channels(quads, at);
        tokens -= fours;
        x += fours * 4 * layer->c;
        out += fours * layer->k;
    }
}

#endif
