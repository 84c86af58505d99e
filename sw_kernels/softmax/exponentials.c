/* Softmax by a table of exponentials, in three passes over a row: its largest code in half an instruction an element,
 * the sum of the exponentials in four, the outputs in seven. */
#include "lanes.h"
#include "softmax_layer.h"

/* Largest code of a row. */
XD_INLINE int32_t largest_code(const int8_t *x, uint32_t c)
{
    int32_t most = -128;
    if (c >> 2) {
        int32_t lanes = max_lanes(LANES_MIN, &x, 4, c >> 2);
        for (unsigned lane = 0; lane < 4; lane++, lanes >>= 8)
            most = cv_max(most, (int8_t)lanes);
    }
    for (c &= 3; c; c--)
        most = cv_max(most, *x++);
    return most;
}

/* Sum of the exponentials of a row, whose table starts at the one of code 0. */
XD_INLINE uint32_t sum_of(const int8_t *x, const uint16_t *table, uint32_t c)
{
    uint32_t sum = 0;
#if XDECIMATE_HARDWARE
    if (c >> 1)
        __asm__ volatile("cv.setup 0, %[pairs], 1f\n"
                         "cv.lb t0, (%[x]), 1\n"
                         "cv.lb t1, (%[x]), 1\n"
                         "slli t0, t0, 1\n"
                         "slli t1, t1, 1\n"
                         "cv.lhu t0, t0(%[table])\n"
                         "cv.lhu t1, t1(%[table])\n"
                         "add %[sum], %[sum], t0\n"
                         "add %[sum], %[sum], t1\n"
                         "1:"
                         : [x] "+r"(x), [sum] "+r"(sum)
                         : [pairs] "r"(c >> 1), [table] "r"(table)
                         : "t0", "t1", "memory");
    c &= 1;
#endif
    for (; c; c--)
        sum += table[*x++];
    return sum;
}

/* What makes outputs of a row's exponentials: a factor and a right shift. */
struct scale {
    uint32_t factor, shift;
};

XD_INLINE struct scale scale_of(const struct softmax_layer *layer, uint32_t sum)
{
    uint32_t drop = 0;
    while (sum >> drop >> 16)
        drop++;
    uint32_t rounded = (uint32_t)(((uint64_t)sum + ((1u << drop) >> 1)) >> drop);
    uint32_t factor = (layer->mul + (rounded >> 1)) / rounded, shift = layer->shift + drop;
    if (factor > 1u << 15)
        factor = (factor + 1) >> 1, shift--;
    uint32_t excess = shift > 31 ? shift - 31 : 0;
    return (struct scale){factor >> excess, shift - excess};
}

#if XDECIMATE_HARDWARE
#define LOAD(value) "cv.lb " value ", (%[x]), 1\n"
#define LOOK_UP(value) "slli " value ", " value ", 1\n"
#define EXPONENTIAL(value) "cv.lhu " value ", " value "(%[table])\n"
#define SCALE(value)                        \
    "mul " value ", " value ", %[factor]\n" \
    "cv.addunr " value ", %[half], %[shift]\n" \
    "cv.minu " value ", " value ", %[most]\n"
#endif

XD_INLINE void store_row(const int8_t *x, int8_t *out, const uint16_t *table, uint32_t c, struct scale scale,
                         int32_t zero)
{
    const uint32_t half = (1u << scale.shift) >> 1, most = (uint32_t)(127 - zero);
#if XDECIMATE_HARDWARE
    if (c >> 2)
        __asm__ volatile("cv.setup 0, %[words], 1f\n" LOAD("t0") LOAD("t1") LOAD("t2") LOAD("t3")
                             LOOK_UP("t0") LOOK_UP("t1") LOOK_UP("t2") LOOK_UP("t3")
                                 EXPONENTIAL("t0") EXPONENTIAL("t1") EXPONENTIAL("t2") EXPONENTIAL("t3")
                                     SCALE("t0") SCALE("t1") SCALE("t2") SCALE("t3")
                         "cv.packlo.b t0, t1, t0\n"
                         "cv.packhi.b t0, t3, t2\n"
                         "cv.add.sc.b t0, t0, %[zero]\n"
                         "cv.sw t0, (%[out]), 4\n"
                         "1:"
                         : [x] "+r"(x), [out] "+r"(out)
                         : [words] "r"(c >> 2), [table] "r"(table), [factor] "r"(scale.factor), [half] "r"(half),
                           [shift] "r"(scale.shift), [most] "r"(most), [zero] "r"(zero)
                         : "t0", "t1", "t2", "t3", "memory");
    c &= 3;
#endif
    for (; c; c--) {
        uint32_t value = (table[*x++] * scale.factor + half) >> scale.shift;
        cv_sb_next(&out, (int32_t)(value < most ? value : most) + zero);
    }
}

softmax_kernel softmax_exponentials;

void softmax_exponentials(const struct softmax_layer *layer, uint32_t first, uint32_t last)
{
    const uint32_t c = layer->c;
    for (uint32_t row = first; row < last; row++) {
        const int8_t *x = layer->input + row * c;
        const uint16_t *table = layer->table + 255 - largest_code(x, c);
        struct scale scale = scale_of(layer, sum_of(x, table, c));
        store_row(x, layer->output + row * c, table, c, scale, layer->zero);
    }
}
