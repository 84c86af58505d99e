/* The words of a channel of a banded image, all of which one window covers. */
#ifndef WHOLE_IMAGE_H
#define WHOLE_IMAGE_H

#include "lanes.h"
#include "pool_layer.h"

/* Words in which the same bands have a row of the image: how many, and their bytes, all bits of each set. */
struct part {
    uint32_t words;
    int32_t bytes;
};

XD_INLINE struct part part_of(uint32_t words, uint32_t bands)
{
    return (struct part){words, bands > 3 ? -1 : (int32_t)((UINT32_C(1) << 8 * bands) - 1)};
}

/* The last bands may lack their last rows, so that there are two parts, of which the second may be empty. */
struct parts {
    struct part first, rest;
};

XD_INLINE struct parts parts_of(const struct pool_layer *layer)
{
    uint32_t step = (layer->iy + 3) >> 2, bands = (layer->iy + step - 1) / step;
    uint32_t rows = layer->iy - (bands - 1) * step;
    return (struct parts){part_of(rows * layer->ix, bands), part_of((step - rows) * layer->ix, bands - 1)};
}

#endif
