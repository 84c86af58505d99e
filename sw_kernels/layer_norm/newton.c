/* Layer normalization in two passes over a row: sums in three instructions for four elements, outputs in 12 for one, of
 * which two take 5 cycles. Between them an inverse root by Newton's method, once a row. */
#include "clip.h"
#include "lanes.h"
#include "layer_norm_layer.h"

/* Sum of a row, and of its squares. */
struct sums {
    int32_t sum;
    uint32_t squares;
};

XD_INLINE struct sums sums_of(const int8_t *x, uint32_t c)
{
    int32_t sum = 0, squares = 0;
#if XDECIMATE_HARDWARE
    if (c >> 3)
        __asm__ volatile("cv.setup 0, %[pairs], 1f\n"
                         "cv.lw t0, (%[x]), 4\n"
                         "cv.lw t1, (%[x]), 4\n"
                         "cv.sdotsp.b %[sum], t0, %[ones]\n"
                         "cv.sdotsp.b %[squares], t0, t0\n"
                         "cv.sdotsp.b %[sum], t1, %[ones]\n"
                         "cv.sdotsp.b %[squares], t1, t1\n"
                         "1:"
                         : [x] "+r"(x), [sum] "+r"(sum), [squares] "+r"(squares)
                         : [pairs] "r"(c >> 3), [ones] "r"(LANES_ONE)
                         : "t0", "t1", "memory");
    c &= 7;
#endif
    for (; c; c--, x++) {
        sum += *x;
        squares += *x * *x;
    }
    return (struct sums){sum, (uint32_t)squares};
}

XD_INLINE uint32_t high_word(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}

/* 2^46 / sqrt(m) for m of at least 2^30. */
XD_INLINE uint32_t inverse_root(uint32_t m)
{
    uint32_t y = UINT32_C(2290061000) - high_word(m, UINT32_C(1308599000));
    for (unsigned step = 0; step < 3; step++) {
        uint32_t square = high_word(high_word(y, y), m);
        y = high_word(y << 1, ((UINT32_C(3) << 28) - square) << 2);
    }
    return y;
}

/* What makes normalized values of a row's deviations: a left shift, then half a 64-bit product. */
struct factor {
    uint32_t shift, factor;
};

XD_INLINE struct factor factor_of(const struct layer_norm_layer *layer, struct sums sums)
{
    const uint32_t sum = (uint32_t)(sums.sum < 0 ? -sums.sum : sums.sum);
    const uint64_t epsilon = (uint64_t)layer->epsilon_high << 32 | layer->epsilon;
    uint64_t spread = (((uint64_t)layer->c * sums.squares - (uint64_t)sum * sum) << 16) + epsilon;
    if (spread >> 16 == 0)
        spread = 1 << 16;
    uint32_t shift = layer->shift + 8; /* of a spread without an exponent; it has 16 bits of fraction */
    for (; spread >> 32; spread >>= 2)
        shift--;
    uint32_t m = (uint32_t)spread;
    for (; m < UINT32_C(1) << 30; m <<= 2)
        shift++;
    return (struct factor){shift, inverse_root(m)};
}

XD_INLINE void store_row(const struct layer_norm_layer *layer, const int8_t *x, int8_t *out, int32_t sum,
                         struct factor factor)
{
    const int32_t *record = layer->requantization;
    const uint32_t slope = layer->c << factor.shift, offset = -((uint32_t)sum << factor.shift);
    const int32_t y = (int32_t)factor.factor;
    const struct range range = {layer->lo, layer->hi};
    uint32_t c = layer->c;
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[c], 1f\n"
                     "cv.lb t0, (%[x]), 1\n"
                     "cv.lw t2, (%[record]), 4\n"
                     "mv t1, %[offset]\n"
                     "cv.mac t1, t0, %[slope]\n"
                     "cv.lw t3, (%[record]), 4\n"
                     "mulh t1, t1, %[y]\n"
                     "cv.lw t4, (%[record]), 4\n"
                     "mulh t1, t1, t2\n"
                     "cv.addnr t1, t3, t4\n" CLIP_ASM("t1")
                     "cv.sb t1, (%[out]), 1\n"
                     "1:"
                     : [x] "+r"(x), [out] "+r"(out), [record] "+r"(record)
                     : [c] "r"(c), [slope] "r"(slope), [offset] "r"(offset), [y] "r"(y), [lo] "r"(range.lo),
                       [hi] "r"(range.hi)
                     : "t0", "t1", "t2", "t3", "t4", "memory");
#else
    for (; c; c--) {
        int32_t deviation = (int32_t)((uint32_t)*x++ * slope + offset);
        int32_t normalized = (int32_t)((int64_t)deviation * y >> 32), mul = cv_lw_next(&record);
        int32_t add = cv_lw_next(&record), shift = cv_lw_next(&record);
        cv_sb_next(&out, clip(((int32_t)((int64_t)normalized * mul >> 32) + add) >> shift, range));
    }
#endif
}

layer_norm_kernel CLIPPED_KERNEL(layer_norm_newton);

void CLIPPED_KERNEL(layer_norm_newton)(const struct layer_norm_layer *layer, uint32_t first, uint32_t last)
{
    for (uint32_t row = first; row < last; row++) {
        const int8_t *x = layer->input + row * layer->c;
        struct sums sums = sums_of(x, layer->c);
        store_row(layer, x, layer->output + row * layer->c, sums.sum, factor_of(layer, sums));
    }
}
