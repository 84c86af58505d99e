/* Sparse convolution in software, one filter by two patches, compiled for M = 4, 8 or 16.
 *
 * The two patches are interleaved byte by byte, so that one halfword load brings the activation of both. A group of
 * four non-zeros then costs 18 instructions: 3 to unpack its indices (shift, mask, add the blocks), 4 to take them
 * apart, 4 loads, 4 to turn four byte pairs into two vectors, 1 load of the values, 2 dot products. An index word and
 * the step to the next blocks add 2 per word: 19 per group with M = 8 and 16 (2 groups a word), 18.5 with M = 4 (4).
 * The limit is taking indices apart and loading one by one, two instructions per non-zero that nothing here can fuse.
 */
#include "pixels.h"
#include "software_indices.h"

/* Byte selectors: the low, and the high, byte pairs of two words, interleaved. */
#define LOW_PAIRS 0x05010400
#define HIGH_PAIRS 0x07030602

/* out[2 * i] = x0[i], out[2 * i + 1] = x1[i]; out may start one patch before x0 if x1 follows x0. */
XD_INLINE void interleave(int8_t *out, const int8_t *x0, const int8_t *x1, uint32_t words)
{
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[words], 1f\n"
                     "cv.lw t0, (%[x0]), 4\n"
                     "cv.lw t1, (%[x1]), 4\n"
                     "mv t2, t0\n"
                     "cv.shuffle2.b t2, t1, %[low]\n"
                     "cv.shuffle2.b t0, t1, %[high]\n"
                     "cv.sw t2, (%[out]), 4\n"
                     "cv.sw t0, (%[out]), 4\n"
                     "1:"
                     : [out] "+r"(out), [x0] "+r"(x0), [x1] "+r"(x1)
                     : [words] "r"(words), [low] "r"(LOW_PAIRS), [high] "r"(HIGH_PAIRS)
                     : "t0", "t1", "t2", "memory");
#else
    for (uint32_t i = 0; i < 4 * words; i++) {
        int8_t first = x0[i], second = x1[i];
        out[2 * i] = first;
        out[2 * i + 1] = second;
    }
#endif
}

#if XDECIMATE_HARDWARE
#define GROUP(shift, q)                                                                                          \
    "cv.lw t6, (%[values]), 4\n" shift "\n"                                                                     \
    "and t0, t0, %[mask]\n"                                                                                     \
    "or t0, t0, %[lanes" #q "]\n"                                                                               \
    "andi t1, t0, 0xff\n"                                                                                       \
    "cv.extractu t2, t0, 7, 8\n"                                                                                \
    "cv.extractu t3, t0, 7, 16\n"                                                                               \
    "srli t4, t0, 24\n"                                                                                         \
    "cv.lhu t1, t1(%[x])\n"                                                                                     \
    "cv.lhu t2, t2(%[x])\n"                                                                                     \
    "cv.lhu t3, t3(%[x])\n"                                                                                     \
    "cv.lhu t4, t4(%[x])\n"                                                                                     \
    "cv.shuffle2.b t1, t2, %[pairs]\n"                                                                          \
    "cv.shuffle2.b t3, t4, %[pairs]\n"                                                                          \
    "cv.pack t0, t3, t1\n"                                                                                      \
    "cv.pack.h t1, t3, t1\n"                                                                                    \
    "cv.sdotsp.b %[acc0], t0, t6\n"                                                                             \
    "cv.sdotsp.b %[acc1], t1, t6\n"
#define GROUP_0 GROUP("slli t0, t5, 1", 0)
#if M == 4
#define GROUP_1 GROUP("srli t0, t5, 1", 1)
#define GROUP_2 GROUP("srli t0, t5, 3", 2)
#define GROUP_3 GROUP("srli t0, t5, 5", 3)
#define WHOLE_WORD GROUP_0 GROUP_1 GROUP_2 GROUP_3
#define MORE_LANES , [lanes2] "r"(BLOCK_LANES(2, 2)), [lanes3] "r"(BLOCK_LANES(2, 3))
#else
#define GROUP_1 GROUP("srli t0, t5, 3", 1)
#define WHOLE_WORD GROUP_0 GROUP_1
#define MORE_LANES
#endif

#define RUN(loop, body, end)                                                                                     \
    __asm__ volatile(loop "cv.lw t5, (%[indices]), 4\n" body end                                                \
                     : [acc0] "+r"(*acc0), [acc1] "+r"(*acc1), [values] "+r"(*values), [indices] "+r"(*indices), \
                       [x] "+r"(x)                                                                              \
                     : [words] "r"(words), [mask] "r"(INDEX_MASK(2)), [pairs] "r"(LOW_PAIRS),                   \
                       [lanes0] "r"(BLOCK_LANES(2, 0)), [lanes1] "r"(BLOCK_LANES(2, 1)),                        \
                       [step] "i"(2 * M * 4 * GROUPS) MORE_LANES                                                \
                     : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "memory")
#endif

/* x: the interleaved patches; groups: of four non-zeros each. */
XD_INLINE void dot(int32_t *acc0, int32_t *acc1, const int8_t **values, const uint32_t **indices, const int8_t *x,
                   uint32_t groups)
{
#if XDECIMATE_HARDWARE
    uint32_t words = groups / GROUPS;
    if (words)
        RUN("cv.setup 0, %[words], 1f\n", WHOLE_WORD "addi %[x], %[x], %[step]\n", "1:");
    if (groups % GROUPS == 1)
        RUN("", GROUP_0, "");
#if M == 4
    if (groups % GROUPS == 2)
        RUN("", GROUP_0 GROUP_1, "");
    if (groups % GROUPS == 3)
        RUN("", GROUP_0 GROUP_1 GROUP_2, "");
#endif
#else
    const int32_t *v = (const int32_t *)*values;
    uint32_t word = 0;
    for (uint32_t group = 0; group < groups; group++) {
        unsigned q = group % GROUPS;
        int32_t pairs[4];
        if (q == 0) {
            word = *(*indices)++;
            x += group ? 2 * M * 4 * GROUPS : 0;
        }
        for (unsigned lane = 0; lane < 4; lane++) {
            const uint8_t *at = (const uint8_t *)x + 2 * software_distance(word, q, lane);
            pairs[lane] = at[0] | at[1] << 8;
        }
        int32_t low = cv_shuffle2_b(pairs[0], pairs[1], LOW_PAIRS), high = cv_shuffle2_b(pairs[2], pairs[3], LOW_PAIRS);
        int32_t four = cv_lw_next(&v);
        *acc0 = cv_sdotsp_b(*acc0, cv_pack(high, low), four);
        *acc1 = cv_sdotsp_b(*acc1, cv_pack_h(high, low), four);
    }
    *values = (const int8_t *)v;
#endif
}

/* scratch: the second of three buffers. The interleaved patches take the first two, the plain ones the last two. */
XD_INLINE void prepare(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch)
{
    interleave(scratch - layer->patch, x0, x1, (layer->fx * filter_rows(layer) * patch_channels(layer) + 3) / 4);
}

XD_INLINE void channels(const struct conv_layer *layer, const int8_t *x, int8_t *out0, int8_t *out1)
{
    const int8_t *values = layer->weights;
    const uint32_t *indices = layer->indices;
    const int32_t *record = layer->requantization;
    struct range range = range_of(layer);
    uint32_t groups = layer->row / 4;
    UNROLL(4)
    for (uint32_t k = layer->k; k; k--) {
        int32_t acc0 = cv_lw_next(&record), acc1 = acc0;
        dot(&acc0, &acc1, &values, &indices, x, groups);
        store_pair(acc0, acc1, next_scaling(&record), range, &out0, &out1);
    }
}

XD_INLINE void pair(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch, int8_t *out0,
                    int8_t *out1)
{
    prepare(layer, x0, x1, scratch);
    channels(layer, scratch - layer->patch, out0, out1);
}

conv_kernel SPARSE_KERNEL(conv_sparse_software);

void SPARSE_KERNEL(conv_sparse_software)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_pixels(layer, im2col + layer->patch, first, last, 1, pair);
}

conv_gather SPARSE_KERNEL(conv_sparse_software_gather);
conv_channels SPARSE_KERNEL(conv_sparse_software_channels);

struct patches SPARSE_KERNEL(conv_sparse_software_gather)(const struct conv_layer *layer, int8_t *im2col, uint32_t pixel,
                                                          uint32_t last)
{
    struct patches patches = gather(layer, im2col + layer->patch, pixel, last, 1);
    prepare(layer, patches.x0, patches.x1, patches.scratch);
    return patches;
}

void SPARSE_KERNEL(conv_sparse_software_channels)(const struct conv_layer *layer, const struct patches *patches,
                                                  int8_t *out0, int8_t *out1)
{
    channels(layer, patches->scratch - layer->patch, out0, out1);
}
