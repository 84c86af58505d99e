/* Copying and filling bytes, a word at a time where that is possible. */
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

/* Store a byte again and again, one cycle a word; returns the end of them. */
XD_INLINE int8_t *fill_bytes(int8_t *to, int8_t value, uint32_t count)
{
#if XDECIMATE_HARDWARE
    uint32_t quads = count >> 4;
    if (quads)
        __asm__ volatile("cv.setup 0, %[quads], 1f\n"
                         "cv.sw %z[word], (%[to]), 4\n"
                         "cv.sw %z[word], (%[to]), 4\n"
                         "cv.sw %z[word], (%[to]), 4\n"
                         "cv.sw %z[word], (%[to]), 4\n"
                         "1:"
                         : [to] "+r"(to)
                         : [quads] "r"(quads), [word] "rJ"((uint8_t)value * UINT32_C(0x01010101))
                         : "memory");
    count &= 15;
#endif
    while (count--)
        *to++ = value;
    return to;
}

#endif
