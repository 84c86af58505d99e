/* Output pixels one by one, four channels at a time: the walk that the pooling kernels share. */
#ifndef WINDOWS_H
#define WINDOWS_H

#include "lanes.h"
#include "pool_layer.h"
#include "span.h"

/* The positions of a window inside the image, of which consecutive ones are step bytes apart, rows are pitch. */
struct window {
    const int8_t *start;
    uint32_t columns, rows;
    uint32_t step, pitch;
};

XD_INLINE struct window window_of(const struct pool_layer *layer, uint32_t oy, uint32_t ox)
{
    struct span x = span_of(ox, ox + 1, layer->sx, layer->px, layer->fx, layer->ix);
    struct span y = span_of(oy, oy + 1, layer->sy, layer->py, layer->fy, layer->iy);
    uint32_t pitch = layer->ix * layer->c;
    const int8_t *start = layer->input + y.first * pitch + x.first * layer->c;
    if (x.count == layer->ix) /* whole rows are one long row */
        return (struct window){start, x.count * y.count, 1, layer->c, pitch};
    return (struct window){start, x.count, y.count, layer->c, pitch};
}

/* Output of four channels, one in each byte lane, from the window that starts at start. */
typedef int32_t pool_group(const struct pool_layer *layer, const struct window *window, const int8_t *start);

/* Store the first count lanes, at most four; returns the end of them. */
XD_INLINE int8_t *store_lanes(int8_t *out, int32_t four, uint32_t count)
{
#if XDECIMATE_HARDWARE
    if (count >= 4) {
        __asm__ volatile("sw %1, 0(%0)" ::"r"(out), "r"(four) : "memory"); /* wherever out points to */
        return out + 4;
    }
#else
    count = count < 4 ? count : 4;
#endif
    for (; count; count--, four >>= 8)
        *out++ = (int8_t)four;
    return out;
}

XD_INLINE void walk_windows(const struct pool_layer *layer, uint32_t first, uint32_t last, pool_group *group)
{
    const uint32_t c = layer->c, groups = (c + 3) >> 2, pixel = first / groups;
    uint32_t g = first % groups, oy = pixel / layer->ox, ox = pixel % layer->ox;
    int8_t *out = layer->output + pixel * c + 4 * g;
    while (first < last) {
        struct window window = window_of(layer, oy, ox);
        for (; g < groups && first < last; g++, first++)
            out = store_lanes(out, group(layer, &window, window.start + 4 * g), c - 4 * g);
        g = 0;
        if (++ox == layer->ox)
            ox = 0, oy++;
    }
}

#endif
