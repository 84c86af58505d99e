/* Largest code of a banded image: two instructions for four positions of a channel. */
#include "whole_image.h"

/* The largest code at each byte of the part's words from *x on, which are step bytes apart. */
XD_INLINE int32_t most_of(const int8_t **x, uint32_t step, struct part part)
{
    return (max_lanes(LANES_MIN, x, step, part.words) & part.bytes) | (LANES_MIN & ~part.bytes);
}

pool_kernel pool_max_banded;

/* Channels first to last - 1. */
void pool_max_banded(const struct pool_layer *layer, uint32_t first, uint32_t last)
{
    const struct parts parts = parts_of(layer);
    for (; first < last; first++) {
        const int8_t *x = layer->input + 4 * first;
        int32_t most = most_of(&x, 4 * layer->c, parts.first);
        most = max_b(most, most_of(&x, 4 * layer->c, parts.rest));
        most = max_b(most, most >> 16);
        layer->output[first] = (int8_t)max_b(most, most >> 8);
    }
}
