/* Sparse convolution with xdecimate, one filter by two patches, compiled for M = 4, 8 or 16.
 *
 * Four non-zeros: an index word, a value word, eight xdecimate and two dot products. With M = 4 an index word
 * holds sixteen indices and serves two rounds: 23 instructions for 16 MACs, 12 for 8 with M = 8 and 16.
 */
#include "pixels.h"

#if XDECIMATE_HARDWARE
/* vB1 and vB2 alternate, so each register is merged every second cycle. */
#define DECIMATE "xdecimate.m" TEXT(M) " t0, %[x0], t3\nxdecimate.m" TEXT(M) " t1, %[x1], t3\n"
#define ROUND                           \
    "cv.lw t2, (%[values]), 4\n"        \
    DECIMATE DECIMATE DECIMATE DECIMATE \
    "cv.sdotsp.b %[acc0], t0, t2\n"     \
    "cv.sdotsp.b %[acc1], t1, t2\n"
#define INDICES "cv.lw t3, (%[indices]), 4\n"
#define RUN(loop, body, end, count)                                                                       \
    __asm__ volatile(loop INDICES body end                                                                \
                     : [acc0] "+r"(*acc0), [acc1] "+r"(*acc1), [values] "+r"(*values), [indices] "+r"(*indices) \
                     : [x0] "r"(x0), [x1] "r"(x1), [rounds] "r"(count)                                     \
                     : "t0", "t1", "t2", "t3", "memory")
#endif

/* rounds: of four non-zeros each. */
XD_INLINE void dot(int32_t *acc0, int32_t *acc1, const int8_t **values, const uint32_t **indices, const int8_t *x0,
                   const int8_t *x1, uint32_t rounds)
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
    const int32_t *v = (const int32_t *)*values;
    uint32_t word = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t b0 = 0, b1 = 0;
        if (M != 4 || round % 2 == 0)
            word = *(*indices)++;
        for (unsigned lane = 0; lane < 4; lane++) {
            b0 = XD_BLOCK(xdecimate, M)(b0, x0, word);
            b1 = XD_BLOCK(xdecimate, M)(b1, x1, word);
        }
        int32_t four = cv_lw_next(&v);
        *acc0 = cv_sdotsp_b(*acc0, (int32_t)b0, four);
        *acc1 = cv_sdotsp_b(*acc1, (int32_t)b1, four);
    }
    *values = (const int8_t *)v;
#endif
}

XD_INLINE void pair(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch, int8_t *out0,
                    int8_t *out1)
{
    const int8_t *values = layer->weights;
    const uint32_t *indices = layer->indices;
    const int32_t *record = layer->requantization;
    (void)scratch;
    struct range range = range_of(layer);
    uint32_t rounds = layer->row / 4;
    UNROLL(4)
    for (uint32_t k = layer->k; k; k--) {
        int32_t acc0 = cv_lw_next(&record), acc1 = acc0;
        dot(&acc0, &acc1, &values, &indices, x0, x1, rounds);
        store_pair(acc0, acc1, next_scaling(&record), range, &out0, &out1);
    }
}

conv_kernel SPARSE_KERNEL(conv_sparse_xdecimate);

void SPARSE_KERNEL(conv_sparse_xdecimate)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_pixels(layer, im2col, first, last, 0, pair);
}

CONV_STEPS(SPARSE_KERNEL(conv_sparse_xdecimate_gather), SPARSE_KERNEL(conv_sparse_xdecimate_channels), 0, pair)
