/* Copying bytes and storing zeros, a word at a time where that is possible. */
#ifndef BYTES_H
#define BYTES_H

#include "xdecimate.h"

/* Copy bytes, two cycles a word; returns the end of the copy. */
XD_INLINE int8_t *copy_bytes(int8_t *to, const int8_t *from, uint32_t count)
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
    count &= 7;
    if (count & 4) {
        __asm__ volatile("cv.lw t0, (%[from]), 4\n"
                         "cv.sw t0, (%[to]), 4\n"
                         : [to] "+r"(to), [from] "+r"(from)::"t0", "memory");
        count &= 3;
    }
#endif
    while (count--)
        *to++ = *from++;
    return to;
}

/* Store zeros, one cycle a word; returns the end of them. */
XD_INLINE int8_t *zero_bytes(int8_t *to, uint32_t count)
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
    return to;
}

#endif
