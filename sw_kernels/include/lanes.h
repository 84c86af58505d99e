/* Four bytes of a word at once. */
#ifndef LANES_H
#define LANES_H

#include "xdecimate.h"

/* -128 in every lane. */
#define LANES_MIN INT32_C(-0x7f7f7f80)
/* 1 in every lane. */
#define LANES_ONE INT32_C(0x01010101)

/* Four bytes at *x, wherever it points to, then step bytes on. */
XD_INLINE int32_t load_lanes(const int8_t **x, uint32_t step)
{
    int32_t four;
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.lw %0, (%1), %2" : "=&r"(four), "+r"(*x) : "r"(step) : "memory");
#else
    __builtin_memcpy(&four, *x, sizeof four);
    *x += step;
#endif
    return four;
}

XD_INLINE int32_t max_b(int32_t a, int32_t b)
{
#if XDECIMATE_HARDWARE
    __asm__("cv.max.b %0, %0, %1" : "+r"(a) : "r"(b));
    return a;
#else
    uint32_t result = 0;
    for (unsigned lane = 0; lane < 4; lane++)
        result |= (uint32_t)(uint8_t)cv_max(xd_lane(a, lane), xd_lane(b, lane)) << 8 * lane;
    return (int32_t)result;
#endif
}

/* The larger of most and count words from *x, which are step bytes apart, in each lane: two instructions a word. */
XD_INLINE int32_t max_lanes(int32_t most, const int8_t **x, uint32_t step, uint32_t count)
{
    if (count & 1)
        most = max_b(most, load_lanes(x, step));
    count >>= 1;
#if XDECIMATE_HARDWARE
    if (count)
        __asm__ volatile("cv.setup 0, %[count], 1f\n"
                         "cv.lw t0, (%[x]), %[step]\n"
                         "cv.lw t1, (%[x]), %[step]\n"
                         "cv.max.b %[most], %[most], t0\n"
                         "cv.max.b %[most], %[most], t1\n"
                         "1:"
                         : [most] "+r"(most), [x] "+r"(*x)
                         : [count] "r"(count), [step] "r"(step)
                         : "t0", "t1", "memory");
#else
    for (count *= 2; count; count--)
        most = max_b(most, load_lanes(x, step));
#endif
    return most;
}

/* Sum of four codes of each word: two instructions a word. */
XD_INLINE int32_t sum_lanes(const int8_t **x, uint32_t words)
{
    int32_t sum = 0;
#if XDECIMATE_HARDWARE
    if (words >> 1)
        __asm__ volatile("cv.setup 0, %[pairs], 1f\n"
                         "cv.lw t0, (%[x]), 4\n"
                         "cv.lw t1, (%[x]), 4\n"
                         "cv.sdotsp.b %[sum], t0, %[ones]\n"
                         "cv.sdotsp.b %[sum], t1, %[ones]\n"
                         "1:"
                         : [x] "+r"(*x), [sum] "+r"(sum)
                         : [pairs] "r"(words >> 1), [ones] "r"(LANES_ONE)
                         : "t0", "t1", "memory");
    words &= 1;
#endif
    for (; words; words--)
        sum = cv_sdotsp_b(sum, load_lanes(x, 4), LANES_ONE);
    return sum;
}

#endif
