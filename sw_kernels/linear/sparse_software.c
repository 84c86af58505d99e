/* Sparse fully-connected layer in software, one channel, compiled for M = 4, 8 or 16.
 *
 * A group of four non-zeros: shift (not the first of a word), mask and add the blocks, 4 to take the indices apart,
 * 4 loads, 2 to pack the bytes, 1 load of the values, 1 dot product: 14 or 15 instructions. An index word and the step
 * to the next blocks add 2 per word: 15.5 per group with M = 8 and 16 (2 groups a word), 15.25 with M = 4 (4 groups).
 * The limit is the same as in the convolution: an extraction and a load for each non-zero.
 */
#include "software_indices.h"
#include "tokens.h"

#if XDECIMATE_HARDWARE
#define GROUP(shift, source, q)           \
    "cv.lw t6, (%[values]), 4\n" shift    \
    "and t0, " source ", %[mask]\n"       \
    "or t0, t0, %[lanes" #q "]\n"         \
    "andi t1, t0, 0xff\n"                 \
    "cv.extractu t2, t0, 7, 8\n"          \
    "cv.extractu t3, t0, 7, 16\n"         \
    "srli t4, t0, 24\n"                   \
    "cv.lbu t1, t1(%[x])\n"               \
    "cv.lbu t2, t2(%[x])\n"               \
    "cv.lbu t3, t3(%[x])\n"               \
    "cv.lbu t4, t4(%[x])\n"               \
    "cv.packlo.b t0, t2, t1\n"            \
    "cv.packhi.b t0, t4, t3\n"            \
    "cv.sdotsp.b %[acc], t0, t6\n"
#define GROUP_0 GROUP("", "t5", 0)
#if M == 4
#define GROUP_1 GROUP("srli t0, t5, 2\n", "t0", 1)
#define GROUP_2 GROUP("srli t0, t5, 4\n", "t0", 2)
#define GROUP_3 GROUP("srli t0, t5, 6\n", "t0", 3)
#define WHOLE_WORD GROUP_0 GROUP_1 GROUP_2 GROUP_3
#define MORE_LANES , [lanes2] "r"(BLOCK_LANES(1, 2)), [lanes3] "r"(BLOCK_LANES(1, 3))
#else
#define GROUP_1 GROUP("srli t0, t5, 4\n", "t0", 1)
#define WHOLE_WORD GROUP_0 GROUP_1
#define MORE_LANES
#endif

#define RUN(loop, body, end)                                                                                     \
    __asm__ volatile(loop "cv.lw t5, (%[indices]), 4\n" body end                                                \
                     : [acc] "+r"(*acc), [values] "+r"(*values), [indices] "+r"(*indices), [x] "+r"(x)          \
                     : [words] "r"(words), [mask] "r"(INDEX_MASK(1)), [lanes0] "r"(BLOCK_LANES(1, 0)),          \
                       [lanes1] "r"(BLOCK_LANES(1, 1)), [step] "i"(M * 4 * GROUPS) MORE_LANES                   \
                     : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "memory")
#endif

/* groups: of four non-zeros each. */
XD_INLINE void dot(int32_t *acc, const int8_t **values, const uint32_t **indices, const int8_t *x, uint32_t groups)
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
        int32_t bytes[4], vector = 0;
        if (q == 0) {
            word = *(*indices)++;
            x += group ? M * 4 * GROUPS : 0;
        }
        for (unsigned lane = 0; lane < 4; lane++)
            bytes[lane] = (uint8_t)x[software_distance(word, q, lane)];
        vector = cv_packhi_b(cv_packlo_b(vector, bytes[1], bytes[0]), bytes[3], bytes[2]);
        *acc = cv_sdotsp_b(*acc, vector, cv_lw_next(&v));
    }
    *values = (const int8_t *)v;
#endif
}

linear_kernel SPARSE_KERNEL(linear_sparse_software);

void SPARSE_KERNEL(linear_sparse_software)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    uint32_t groups = layer->row / 4, index_words = (groups + GROUPS - 1) / GROUPS;
    struct range range = range_of(layer);
    for (uint32_t token = 0; token < layer->tokens; token++) {
        const int8_t *values = layer->weights + first * layer->row;
        const uint32_t *indices = layer->indices + first * index_words;
        const int32_t *record = layer->requantization + first * RECORD_WORDS;
        const int8_t *x = layer->input + token * layer->c;
        int8_t *out = layer->output + token * layer->k + first;
        UNROLL(4)
        for (uint32_t k = first; k < last; k++) {
            int32_t acc = cv_lw_next(&record);
            dot(&acc, &values, &indices, x, groups);
            store(acc, next_scaling(&record), range, &out);
        }
    }
}
