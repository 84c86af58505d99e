/* Dot products of rows of weights, or of what plays their part, with two rows of activations: the inner loops. */
#ifndef DOTS_H
#define DOTS_H

#include "xdecimate.h"

#define FILTERS 4

/* One row of weights: 5 instructions for 8 MACs. */
XD_INLINE void dot_1x2(int32_t *acc0, int32_t *acc1, const int8_t **weights, const int8_t *x0, const int8_t *x1,
                       uint32_t words)
{
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[words], 1f\n"
                     "cv.lw t0, (%[x0]), 4\n"
                     "cv.lw t2, (%[weights]), 4\n"
                     "cv.lw t1, (%[x1]), 4\n"
                     "cv.sdotsp.b %[acc0], t0, t2\n"
                     "cv.sdotsp.b %[acc1], t1, t2\n"
                     "1:"
                     : [acc0] "+r"(*acc0), [acc1] "+r"(*acc1), [weights] "+r"(*weights), [x0] "+r"(x0), [x1] "+r"(x1)
                     : [words] "r"(words)
                     : "t0", "t1", "t2", "memory");
#else
    const int32_t *w = (const int32_t *)*weights, *a = (const int32_t *)x0, *b = (const int32_t *)x1;
    for (; words--; ) {
        int32_t four = cv_lw_next(&w);
        *acc0 = cv_sdotsp_b(*acc0, cv_lw_next(&a), four);
        *acc1 = cv_sdotsp_b(*acc1, cv_lw_next(&b), four);
    }
    *weights = (const int8_t *)w;
#endif
}

/* Four rows of weights: 6 loads and 8 dot products for 32 MACs; no load is used by the instruction after it. */
XD_INLINE void dot_4x2(int32_t acc0[FILTERS], int32_t acc1[FILTERS], const int8_t *weights[FILTERS], const int8_t *x0,
                       const int8_t *x1, uint32_t words)
{
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[words], 1f\n"
                     "cv.lw t0, (%[x0]), 4\n"
                     "cv.lw t1, (%[x1]), 4\n"
                     "cv.lw t2, (%[w0]), 4\n"
                     "cv.lw t3, (%[w1]), 4\n"
                     "cv.sdotsp.b %[a0], t0, t2\n"
                     "cv.sdotsp.b %[b0], t1, t2\n"
                     "cv.lw t2, (%[w2]), 4\n"
                     "cv.sdotsp.b %[a1], t0, t3\n"
                     "cv.sdotsp.b %[b1], t1, t3\n"
                     "cv.lw t3, (%[w3]), 4\n"
                     "cv.sdotsp.b %[a2], t0, t2\n"
                     "cv.sdotsp.b %[b2], t1, t2\n"
                     "cv.sdotsp.b %[a3], t0, t3\n"
                     "cv.sdotsp.b %[b3], t1, t3\n"
                     "1:"
                     : [a0] "+r"(acc0[0]), [a1] "+r"(acc0[1]), [a2] "+r"(acc0[2]), [a3] "+r"(acc0[3]),
                       [b0] "+r"(acc1[0]), [b1] "+r"(acc1[1]), [b2] "+r"(acc1[2]), [b3] "+r"(acc1[3]),
                       [w0] "+r"(weights[0]), [w1] "+r"(weights[1]), [w2] "+r"(weights[2]), [w3] "+r"(weights[3]),
                       [x0] "+r"(x0), [x1] "+r"(x1)
                     : [words] "r"(words)
                     : "t0", "t1", "t2", "t3", "memory");
#else
    for (unsigned filter = 0; filter < FILTERS; filter++)
        dot_1x2(&acc0[filter], &acc1[filter], &weights[filter], x0, x1, words);
#endif
}

#endif
