/* Gathering the input patch of an output pixel into one contiguous vector, FY, FX, C with C innermost.
 *
 * Compiled without WINDOW: the padding is zeros, the same left and right, above and below, and there is no dilation.
 * With WINDOW=general it is whatever the layer says; with WINDOW=grouped the patch has the channels of one group.
 */
#ifndef IM2COL_H
#define IM2COL_H

#include "bytes.h"
#include "conv_layer.h"

/* How a filter lies over one dimension of the input: positions before it, inside it, and after it. */
struct overlap {
    int32_t before, inside, after;
};

/* Channels of a patch. */
#define XD_CHANNELS_general(layer) (layer)->c
#define XD_CHANNELS_grouped(layer) (layer)->group_c

XD_INLINE uint32_t patch_channels(const struct conv_layer *layer)
{
#ifdef WINDOW
    return XD_JOIN(XD_CHANNELS, WINDOW)(layer);
#else
    return layer->c;
#endif
}

#ifndef WINDOW

XD_INLINE uint32_t filter_rows(const struct conv_layer *layer)
{
    return layer->span_y;
}

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
    struct overlap rows = overlap_of(y, (int32_t)layer->span_y, (int32_t)layer->iy);
    const int8_t *from = layer->input + (y + rows.before) * pitch + (x + columns.before) * c;
    uint32_t before = columns.before * c, inside = columns.inside * c, after = columns.after * c;
    to = fill_bytes(to, 0, rows.before * width);
    for (int32_t row = rows.inside; row; row--, from += pitch) {
        if (inside == (uint32_t)width) {
            to = copy_bytes(to, from, inside);
            continue;
        }
        to = fill_bytes(to, 0, before);
        to = copy_bytes(to, from, inside);
        to = fill_bytes(to, 0, after);
    }
    fill_bytes(to, 0, rows.after * width);
}

/* Whether filters of one weight lie on padding right or below. */
XD_INLINE int ends_in_padding(const struct conv_layer *layer)
{
    (void)layer;
    return 0;
}

#else

XD_INLINE uint32_t filter_rows(const struct conv_layer *layer)
{
    return layer->fy;
}

/* Positions of a filter, dilation apart, that lie before the input's position end. */
XD_INLINE int32_t positions_before(int32_t end, int32_t start, int32_t dilation, int32_t filter)
{
    int32_t distance = cv_max(end - start, 0);
    return cv_min(dilation == 1 ? distance : (distance + dilation - 1) / dilation, filter);
}

XD_INLINE struct overlap overlap_of(int32_t start, int32_t filter, int32_t input, int32_t dilation)
{
    int32_t before = positions_before(0, start, dilation, filter);
    int32_t after = filter - positions_before(input, start, dilation, filter);
    return (struct overlap){before, filter - before - after, after};
}

/* Bytes past the reduction stay as they are: their weights are zero. */
static inline void im2col(const struct conv_layer *layer, int8_t *to, uint32_t oy, uint32_t ox)
{
    int32_t x = (int32_t)(ox * layer->sx - layer->px), y = (int32_t)(oy * layer->sy - layer->py);
    int32_t step = (int32_t)layer->c, pitch = (int32_t)layer->ix * step;
    int32_t c = (int32_t)patch_channels(layer), width = (int32_t)layer->fx * c;
    int32_t dx = layer->dx, dy = layer->span_y == layer->fy ? 1 : (int32_t)((layer->span_y - 1) / (layer->fy - 1u));
    struct overlap columns = overlap_of(x, (int32_t)layer->fx, (int32_t)layer->ix, dx);
    struct overlap rows = overlap_of(y, (int32_t)layer->fy, (int32_t)layer->iy, dy);
    const int8_t *from = layer->input + (y + rows.before * dy) * pitch + (x + columns.before * dx) * step;
    to = fill_bytes(to, layer->pad, rows.before * width);
    for (int32_t row = rows.inside; row; row--, from += dy * pitch) {
        to = fill_bytes(to, layer->pad, columns.before * c);
        if (dx == 1 && c == step)
            to = copy_bytes(to, from, columns.inside * c);
        else
            for (int32_t column = 0; column < columns.inside; column++)
                to = copy_bytes(to, from + column * dx * step, c);
        to = fill_bytes(to, layer->pad, columns.after * c);
    }
    fill_bytes(to, layer->pad, rows.after * width);
}

XD_INLINE int ends_in_padding(const struct conv_layer *layer)
{
    return (layer->ox - 1) * layer->sx >= layer->ix || (layer->oy - 1) * layer->sy >= layer->iy;
}

#endif

#endif
