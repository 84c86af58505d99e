/* Gathering the input patch of an output pixel into one contiguous vector, FY, FX, C with C innermost. */
#ifndef IM2COL_H
#define IM2COL_H

#include "layer.h"
#include "xdecimate.h"

/* Two cycles a word: one load, one store. */
XD_INLINE void copy_bytes(int8_t *to, const int8_t *from, uint32_t count)
{
#if XDECIMATE_HARDWARE
    uint32_t pairs = count >> 3;
    if (pairs)
        __asm__ volatile("cv.setup 0, %[pairs], 1f\n"
                         "cv.lw t0, (%[from]), 4\n"
                         "cv.lw t1, (%[from]), 4\n"
                         "cv.sw t0, (%[to]), 4\n"
                         "cv.sw t1, (%[to]), 4\n"
                         "1:"
                         : [to] "+r"(to), [from] "+r"(from)
                         : [pairs] "r"(pairs)
                         : "t0", "t1", "memory");
    if (count & 4)
        __asm__ volatile("cv.lw t0, (%[from]), 4\n"
                         "cv.sw t0, (%[to]), 4\n"
                         : [to] "+r"(to), [from] "+r"(from)::"t0", "memory");
    count &= 3;
#endif
    while (count--)
        *to++ = *from++;
}

XD_INLINE void zero_bytes(int8_t *to, uint32_t count)
{
#if XDECIMATE_HARDWARE
    uint32_t quads = count >> 4;
    if (quads)
        __asm__ volatile("cv.setup 0, %[quads], 1f\n"
                         "cv.sw zero, (%[to]), 4\n"
                         "cv.sw zero, (%[to]), 4\n"
                         "cv.sw zero, (%[to]), 4\n"
                         "cv.sw zero, (%[to]), 4\n"
                         "1:"
                         : [to] "+r"(to)
                         : [quads] "r"(quads)
                         : "memory");
    count &= 15;
#endif
    while (count--)
        *to++ = 0;
}

/* Bytes past the reduction stay as they are: their weights are zero. */
static inline void im2col(const struct conv_layer *layer, int8_t *to, uint32_t oy, uint32_t ox)
{
    int32_t x = (int32_t)(ox * layer->sx - layer->px), y = (int32_t)(oy * layer->sy - layer->py);
    int32_t fx = (int32_t)layer->fx, ix = (int32_t)layer->ix, c = (int32_t)layer->c;
    /* Columns of the filter left of the input, then those inside it; the rest is right of it. */
    int32_t left = cv_min(cv_max(-x, 0), fx);
    int32_t inside = cv_max(cv_min(fx - left, ix - x - left), 0);
    uint32_t before = left * c, copied = inside * c, after = (fx - left - inside) * c;
    const int8_t *from = layer->input + (y * ix + x + left) * c;
    for (uint32_t row = 0; row < layer->fy; row++, y++, from += ix * c) {
        if ((uint32_t)y >= layer->iy) {
            zero_bytes(to, fx * c);
            to += fx * c;
            continue;
        }
        zero_bytes(to, before);
        to += before;
        copy_bytes(to, from, copied);
        to += copied;
        zero_bytes(to, after);
        to += after;
    }
}

#endif
