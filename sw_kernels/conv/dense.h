/* Dense inner loops over two patches. */
#ifndef DENSE_H
#define DENSE_H

#include "pixels.h"

/* One channel: 5 instructions for 8 MACs. */
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

/* words: of a weight row; range: of the outputs. */
XD_INLINE void channel_1x2(const int8_t **weights, const int32_t **record, const int8_t *x0, const int8_t *x1,
                           uint32_t words, struct range range, int8_t **out0, int8_t **out1)
{
    int32_t acc0 = cv_lw_next(record), acc1 = acc0;
    dot_1x2(&acc0, &acc1, weights, x0, x1, words);
    store_pair(acc0, acc1, next_scaling(record), range, out0, out1);
}

#endif
