/* What the kernels of XDecmac make of b before they multiply: words of four rows of k side by side, to a whole number of
 * passes, and terms of the accumulators as in columns.h.
 */
#ifndef WORDS_H
#define WORDS_H

#include "bytes.h"
#include "lanes.h"
#include "matmul_layer.h"
#include "transpose.h"

/* Words that a pass of the inner loop takes. */
#define PASS 8

XD_INLINE uint32_t whole_passes(uint32_t k)
{
    return (k + PASS - 1) / PASS * PASS;
}

/* Words of four rows: four times quads of them, 18 instructions for 16 bytes. All pointers step past them. */
XD_INLINE int8_t *interleave_fours(int8_t *to, const int8_t *rows[4], uint32_t quads)
{
#if XDECIMATE_HARDWARE
    if (quads)
        __asm__ volatile("cv.setup 0, %[quads], 1f\n"
                         "cv.lw t0, (%[r0]), 4\n"
                         "cv.lw t1, (%[r1]), 4\n"
                         "cv.lw t2, (%[r2]), 4\n"
                         "cv.lw t3, (%[r3]), 4\n" TRANSPOSE_4X4
                         "cv.sw t4, (%[to]), 4\n"
                         "cv.sw t2, (%[to]), 4\n"
                         "cv.sw t0, (%[to]), 4\n"
                         "cv.sw t3, (%[to]), 4\n"
                         "1:"
                         : [to] "+r"(to), [r0] "+r"(rows[0]), [r1] "+r"(rows[1]), [r2] "+r"(rows[2]), [r3] "+r"(rows[3])
                         : [quads] "r"(quads), [even] "r"(EVEN_BYTES), [odd] "r"(ODD_BYTES)
                         : "t0", "t1", "t2", "t3", "t4", "t5", "memory");
#else
    for (uint32_t word = 0; word < 4 * quads; word++)
        for (unsigned row = 0; row < 4; row++)
            *to++ = *rows[row]++;
#endif
    return to;
}

/* The words that lie at from and pitch bytes apart: two instructions each. */
XD_INLINE int8_t *gather_words(int8_t *to, const int8_t *from, uint32_t pitch, uint32_t words)
{
#if XDECIMATE_HARDWARE
    if (words / 2)
        __asm__ volatile("cv.setup 0, %[pairs], 1f\n"
                         "cv.lw t0, (%[from]), %[pitch]\n"
                         "cv.lw t1, (%[from]), %[pitch]\n"
                         "cv.sw t0, (%[to]), 4\n"
                         "cv.sw t1, (%[to]), 4\n"
                         "1:"
                         : [to] "+r"(to), [from] "+r"(from)
                         : [pairs] "r"(words / 2), [pitch] "r"(pitch)
                         : "t0", "t1", "memory");
    words %= 2;
#endif
    for (; words; words--, to += 4) {
        int32_t four = load_lanes(&from, pitch);
        __builtin_memcpy(to, &four, 4);
    }
    return to;
}

/* Sums of the columns' elements, by xdecmac: it leaves accumulators and counter at 0. */
XD_INLINE void sum_words(int32_t sums[4], const int8_t *words, uint32_t count)
{
    for (; count; count -= PASS)
        for (unsigned word = 0; word < PASS; word++)
            xdecmac_m1(LANES_ONE, words, 0);
    xdecimate_clear();
    for (unsigned lane = 0; lane < 4; lane++)
        sums[lane] = xdecmac_accumulator_exchange(0);
}

/* Words of columns first to last - 1, in fours, and their terms. */
XD_INLINE void prepare_words(const struct matmul_layer *layer, const int8_t *b, int8_t *words, int32_t *terms,
                             uint32_t first, uint32_t last)
{
    const uint32_t k = layer->k, passes = whole_passes(k), pitch = layer->b_pitch;
    for (uint32_t column = first; column < last; column += 4) {
        int8_t *const four = words + column * layer->row, *to = four;
        if (layer->by_k) {
            to = gather_words(to, b + column, pitch, k);
        } else {
            const int8_t *rows[4];
            for (uint32_t row = 0; row < 4; row++) /* those past the last one have any value */
                rows[row] = b + (column + row < layer->n ? column + row : layer->n - 1) * pitch;
            to = interleave_fours(to, rows, k / 4);
            for (uint32_t rest = k % 4; rest; rest--)
                for (unsigned row = 0; row < 4; row++)
                    *to++ = *rows[row]++;
        }
        fill_bytes(to, 0, 4 * (passes - k));
        if (layer->zero_a) {
            int32_t sums[4];
            sum_words(sums, four, passes);
            for (unsigned lane = 0; lane < 4; lane++)
                terms[column + lane] = layer->zero_a * ((int32_t)k * layer->zero_b - sums[lane]);
        } else {
            for (unsigned lane = 0; lane < 4; lane++)
                terms[column + lane] = 0;
        }
    }
}

#endif
