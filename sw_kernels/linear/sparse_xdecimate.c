/* Sparse fully-connected layer with xdecimate, two channels, compiled for M = 4, 8 or 16.
 *
 * Four non-zeros of each channel: an index word, two value words, eight xdecimate and two dot products. With M = 4 an
 * index word serves two rounds: 25 instructions for 16 MACs, 13 for 8 with M = 8 and 16.
 */
#include "pairs.h"

#if XDECIMATE_HARDWARE
#define DECIMATE "xdecimate.m" TEXT(M) " t0, %[x], t4\nxdecimate.m" TEXT(M) " t1, %[x], t4\n"
#define ROUND                           \
    "cv.lw t2, (%[w0]), 4\n"            \
    "cv.lw t3, (%[w1]), 4\n"            \
    DECIMATE DECIMATE DECIMATE DECIMATE \
    "cv.sdotsp.b %[acc0], t0, t2\n"     \
    "cv.sdotsp.b %[acc1], t1, t3\n"
#define RUN(loop, body, end, count)                                                                        \
    __asm__ volatile(loop "cv.lw t4, (%[indices]), 4\n" body end                                           \
                     : [acc0] "+r"(*acc0), [acc1] "+r"(*acc1), [w0] "+r"(*w0), [w1] "+r"(*w1),               \
                       [indices] "+r"(*indices)                                                            \
                     : [x] "r"(x), [rounds] "r"(count)                                                     \
                     : "t0", "t1", "t2", "t3", "t4", "memory")
#endif

/* Rounds of four non-zeros that an index word serves. */
#define ROUNDS (M == 4 ? 2 : 1)

XD_INLINE void dot(int32_t *acc0, int32_t *acc1, const int8_t **w0, const int8_t **w1, const uint32_t **indices,
                   const int8_t *x, uint32_t rounds)
{
    xdecimate_clear();
#if XDECIMATE_HARDWARE && M == 4
    if (rounds >= 2)
        RUN("cv.setup 0, %[rounds], 1f\n", ROUND ROUND, "1:", rounds / 2);
    if (rounds % 2)
        RUN("", ROUND, "", 0);
#elif XDECIMATE_HARDWARE
    RUN("cv.setup 0, %[rounds], 1f\n", ROUND, "1:", rounds);
#else
    const int32_t *a = (const int32_t *)*w0, *b = (const int32_t *)*w1;
    uint32_t word = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t b0 = 0, b1 = 0;
        if (round % ROUNDS == 0)
            word = *(*indices)++;
        for (unsigned lane = 0; lane < 4; lane++) {
            b0 = XD_BLOCK(xdecimate, M)(b0, x, word);
            b1 = XD_BLOCK(xdecimate, M)(b1, x, word);
        }
        *acc0 = cv_sdotsp_b(*acc0, (int32_t)b0, cv_lw_next(&a));
        *acc1 = cv_sdotsp_b(*acc1, (int32_t)b1, cv_lw_next(&b));
    }
    *w0 = (const int8_t *)a;
    *w1 = (const int8_t *)b;
#endif
}

linear_kernel SPARSE_KERNEL(linear_sparse_xdecimate);

void SPARSE_KERNEL(linear_sparse_xdecimate)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    walk_pairs(layer, first, last, (layer->row / 4 + ROUNDS - 1) / ROUNDS, dot);
}
