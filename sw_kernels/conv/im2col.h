/* Gathering the input patch of an output pixel into one contiguous vector, FY, FX, C with C innermost. */
#ifndef IM2COL_H
#define IM2COL_H

#include "bytes.h"
#include "conv_layer.h"

/* How a filter lies over one dimension of the input: positions before it, inside it, and after it. */
struct overlap {
    int32_t before, inside, after;
};

XD_INLINE struct overlap overlap_of(int32_t start, int32_t filter, int32_t input)
{
    int32_t before = cv_min(cv_max(-start, 0), filter);
    int32_t inside = cv_max(cv_min(filter - before, input - start - before), 0);
    return (struct overlap){before, inside, filter - before - inside};
}

/* Bytes past the reduction stay as they are: their weights are zero. */
static inline void im2col(const struct conv_layer *layer, int8_t *to, uint32_t oy, uint32_t ox)
{
    int32_t x = (int32_t)(ox * layer->sx - layer->px), y = (int32_t)(oy * layer->sy - layer->py);
    int32_t c = (int32_t)layer->c, pitch = (int32_t)layer->ix * c, width = (int32_t)layer->fx * c;
    struct overlap columns = overlap_of(x, (int32_t)layer->fx, (int32_t)layer->ix);
    struct overlap rows = overlap_of(y, (int32_t)layer->fy, (int32_t)layer->iy);
    const int8_t *from = layer->input + (y + rows.before) * pitch + (x + columns.before) * c;
    uint32_t before = columns.before * c, inside = columns.inside * c, after = columns.after * c;
    to = zero_bytes(to, rows.before * width);
    for (int32_t row = rows.inside; row; row--, from += pitch) {
        if (inside == (uint32_t)width) {
            to = copy_bytes(to, from, inside);
            continue;
        }
        to = zero_bytes(to, before);
        to = copy_bytes(to, from, inside);
        to = zero_bytes(to, after);
    }
    zero_bytes(to, rows.after * width);
}

#endif
