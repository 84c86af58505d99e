/* Dense convolution, four filters by two patches (the shape of PULP-NN); channels left over go one by one. */
#include "dense.h"

#define FILTERS 4

/* Four channels: 6 loads and 8 dot products for 32 MACs; no load is used by the instruction after it. */
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

XD_INLINE void pair(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch, int8_t *out0,
                    int8_t *out1)
{
    const int8_t *next = layer->weights;
    const int32_t *record = layer->requantization;
    (void)scratch;
    struct range range = range_of(layer);
    uint32_t words = layer->row / 4;
    for (uint32_t groups = layer->k / FILTERS; groups; groups--) {
        const int8_t *weights[FILTERS];
        int32_t acc0[FILTERS], acc1[FILTERS];
        for (unsigned filter = 0; filter < FILTERS; filter++) {
            weights[filter] = next + filter * layer->row;
            acc0[filter] = acc1[filter] = record[filter * RECORD_WORDS];
        }
        dot_4x2(acc0, acc1, weights, x0, x1, words);
        next = weights[FILTERS - 1];
        for (unsigned filter = 0; filter < FILTERS; filter++) {
            record++; /* past the bias */
            store_pair(acc0[filter], acc1[filter], next_scaling(&record), range, &out0, &out1);
        }
    }
    for (uint32_t k = layer->k % FILTERS; k; k--)
        channel_1x2(&next, &record, x0, x1, words, range, &out0, &out1);
}

conv_kernel KERNEL(conv_dense_4x2);

void KERNEL(conv_dense_4x2)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_pixels(layer, im2col, first, last, 1, pair);
}

CONV_STEPS(KERNEL(conv_dense_4x2_gather), KERNEL(conv_dense_4x2_channels), 1, pair)
