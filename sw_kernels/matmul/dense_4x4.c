/* Product of activations, four rows of b by four of a; rows and columns left over go in pairs of rows. */
#include "bytes.h"
#include "clip.h"
#include "columns.h"
#include "dots.h"

#define ROWS 4

/* Four rows of a, of whole words and row bytes apart, and where their outputs go. */
struct strip {
    int32_t own[ROWS]; /* what each row adds to its accumulators */
    const int32_t *terms;
    const int8_t *x, *b;
    int8_t *out;
    uint32_t pitch, words, row;
    int32_t mul, add, shift, lo, hi;
};

XD_INLINE void store(const struct strip *strip, int32_t acc, int8_t **out)
{
    int32_t scaled = ((int32_t)((int64_t)acc * strip->mul >> 32) + strip->add) >> strip->shift;
    cv_sb_next(out, clip(scaled, (struct range){strip->lo, strip->hi}));
}

#if XDECIMATE_HARDWARE
/* Four accumulators of a row, from the columns' terms in a00 to a03. */
#define START(row, own)                                   \
    "add %[a" row "0], %[a00], " own "\nadd %[a" row "1], %[a01], " own "\n" \
    "add %[a" row "2], %[a02], " own "\nadd %[a" row "3], %[a03], " own "\n"
#define SCALE(acc) "mulh " acc ", " acc ", t0\ncv.addnr " acc ", t1, t2\n" CLIP_ASM(acc)
/* Their outputs, a word. */
#define FINISH(row)                                                       \
    SCALE("%[a" row "0]") SCALE("%[a" row "1]") SCALE("%[a" row "2]") SCALE("%[a" row "3]") \
    "cv.packlo.b t5, %[a" row "1], %[a" row "0]\n"                        \
    "cv.packhi.b t5, %[a" row "3], %[a" row "2]\n"                        \
    "cv.sw t5, (t3), t4\n"
#define DOT(column, b)                                                                      \
    "cv.sdotsp.b %[a0" column "], t0, " b "\ncv.sdotsp.b %[a1" column "], t1, " b "\n" \
    "cv.sdotsp.b %[a2" column "], t2, " b "\ncv.sdotsp.b %[a3" column "], t3, " b "\n"
/* The limits of the range, where the clip reads them. */
#if XD_IS(CLIP) == XD_IS_bounds
#define LIMITS "lw %[lo], %[at_lo](%[strip])\nlw %[hi], %[at_hi](%[strip])\n"
#else
#define LIMITS
#endif
#define AT(member) [member] "i"(__builtin_offsetof(struct strip, member))
#endif

/* Four columns at a time, groups of them, at least 1. A word of each row and column: 8 loads and 16 dot products for 64
 * MACs; no load is used by the instruction after it. Beside these loops 140 instructions for 16 outputs. */
XD_INLINE void fours(struct strip *strip, uint32_t groups)
{
#if XDECIMATE_HARDWARE
    const uint32_t row = strip->row, rest = 4 - 3 * row;
    int32_t a00, a01, a02, a03, a10, a11, a12, a13, a20, a21, a22, a23, a30, a31, a32, a33;
    int32_t x, b = (int32_t)groups; /* behind the inner loop the limits of the range */
    __asm__ volatile("cv.setup 1, %[hi], 2f\n"
                     "lw t4, %[terms](%[strip])\n"
                     "cv.lw %[a00], (t4), 4\n"
                     "cv.lw %[a01], (t4), 4\n"
                     "cv.lw %[a02], (t4), 4\n"
                     "cv.lw %[a03], (t4), 4\n"
                     "lw t0, %[own](%[strip])\n"
                     "lw t1, %[own] + 4(%[strip])\n"
                     "lw t2, %[own] + 8(%[strip])\n"
                     "lw t3, %[own] + 12(%[strip])\n"
                     "sw t4, %[terms](%[strip])\n"
                     START("3", "t3") START("2", "t2") START("1", "t1") START("0", "t0")
                     "lw t0, %[words](%[strip])\n"
                     "lw %[lo], %[at_x](%[strip])\n"
                     "lw %[hi], %[at_b](%[strip])\n"
                     "slli t1, %[row], 2\n"
                     "add t1, t1, %[hi]\n"
                     "sw t1, %[at_b](%[strip])\n"
                     "cv.setup 0, t0, 1f\n"
                     "cv.lw t0, (%[lo]), %[row]\n"
                     "cv.lw t1, (%[lo]), %[row]\n"
                     "cv.lw t2, (%[lo]), %[row]\n"
                     "cv.lw t3, (%[lo]), %[rest]\n"
                     "cv.lw t4, (%[hi]), %[row]\n"
                     "cv.lw t5, (%[hi]), %[row]\n"
                     DOT("0", "t4")
                     "cv.lw t4, (%[hi]), %[row]\n"
                     DOT("1", "t5")
                     "cv.lw t5, (%[hi]), %[rest]\n"
                     DOT("2", "t4")
                     DOT("3", "t5")
                     "1:\n"
                     "lw t0, %[mul](%[strip])\n"
                     "lw t1, %[add](%[strip])\n"
                     "lw t2, %[shift](%[strip])\n"
                     "lw t3, %[out](%[strip])\n"
                     "lw t4, %[pitch](%[strip])\n"
                     LIMITS
                     "addi t5, t3, 4\n"
                     "sw t5, %[out](%[strip])\n"
                     FINISH("0") FINISH("1") FINISH("2") FINISH("3")
                     "2:"
                     : [a00] "=&r"(a00), [a01] "=&r"(a01), [a02] "=&r"(a02), [a03] "=&r"(a03), [a10] "=&r"(a10),
                       [a11] "=&r"(a11), [a12] "=&r"(a12), [a13] "=&r"(a13), [a20] "=&r"(a20), [a21] "=&r"(a21),
                       [a22] "=&r"(a22), [a23] "=&r"(a23), [a30] "=&r"(a30), [a31] "=&r"(a31), [a32] "=&r"(a32),
                       [a33] "=&r"(a33), [lo] "=&r"(x), [hi] "+r"(b)
                     : [strip] "r"(strip), [row] "r"(row), [rest] "r"(rest), AT(own), AT(terms), AT(words), AT(mul),
                       AT(add), AT(shift), AT(out), AT(pitch), [at_lo] "i"(__builtin_offsetof(struct strip, lo)),
                       [at_hi] "i"(__builtin_offsetof(struct strip, hi)),
                       [at_x] "i"(__builtin_offsetof(struct strip, x)), [at_b] "i"(__builtin_offsetof(struct strip, b))
                     : "t0", "t1", "t2", "t3", "t4", "t5", "memory");
#else
    const uint32_t row = strip->row;
    for (; groups; groups--, strip->b += FILTERS * row, strip->out += FILTERS) {
        int32_t acc[ROWS][FILTERS];
        for (unsigned column = 0; column < FILTERS; column++) {
            int32_t term = cv_lw_next(&strip->terms);
            for (unsigned line = 0; line < ROWS; line++)
                acc[line][column] = term + strip->own[line];
        }
        for (unsigned line = 0; line < ROWS; line += 2) {
            const int8_t *x = strip->x + line * row, *columns[FILTERS];
            for (unsigned column = 0; column < FILTERS; column++)
                columns[column] = strip->b + column * row;
            dot_4x2(acc[line], acc[line + 1], columns, x, x + row, strip->words);
        }
        for (unsigned line = 0; line < ROWS; line++) {
            int8_t *out = strip->out + line * strip->pitch;
            for (unsigned column = 0; column < FILTERS; column++)
                store(strip, acc[line][column], &out);
        }
    }
#endif
}

/* One column of rows line and next. */
XD_INLINE void column_1x2(const struct strip *strip, unsigned line, unsigned next)
{
    const int8_t *b = strip->b;
    int32_t acc0 = *strip->terms + strip->own[line], acc1 = *strip->terms + strip->own[next];
    int8_t *out0 = strip->out + line * strip->pitch, *out1 = strip->out + next * strip->pitch;
    dot_1x2(&acc0, &acc1, &b, strip->x + line * strip->row, strip->x + next * strip->row, strip->words);
    store(strip, acc0, &out0);
    store(strip, acc1, &out1);
}

XD_INLINE void next_column(struct strip *strip)
{
    strip->terms++;
    strip->b += strip->row;
    strip->out++;
}

/* Rows with zeros to the end of their last word. */
XD_INLINE void copy_rows(const struct matmul_layer *layer, int8_t *to, const int8_t *from, uint32_t count)
{
    for (; count; count--, to += layer->row, from += layer->a_pitch)
        fill_bytes(copy_bytes(to, from, layer->k), 0, -layer->k & 3);
}

/* One to four rows. */
XD_INLINE void some_rows(const struct matmul_layer *layer, const struct matmul_columns *columns, int8_t *x, int8_t *out,
                         uint32_t rows)
{
    struct strip strip = {
        .terms = columns->terms,
        .x = x,
        .b = columns->rows,
        .out = out,
        .pitch = layer->out_pitch,
        .words = (layer->k + 3) / 4,
        .row = layer->row,
        .mul = layer->mul,
        .add = layer->add,
        .shift = layer->shift,
        .lo = layer->lo,
        .hi = layer->hi,
    };
    uint32_t rest = layer->n;
    for (uint32_t line = 0; line < rows; line++)
        strip.own[line] = row_term(x + line * layer->row, strip.words, layer->zero_b);
    if (rows == ROWS && rest / FILTERS) {
        fours(&strip, rest / FILTERS);
        rest %= FILTERS;
    }
    for (; rest; rest--, next_column(&strip))
        for (uint32_t line = 0; line < rows; line += 2)
            column_1x2(&strip, line, line + 1 < rows ? line + 1 : line); /* a last row is its own partner */
}

matmul_prepare CLIPPED_KERNEL(matmul_dense_4x4_prepare);
matmul_rows CLIPPED_KERNEL(matmul_dense_4x4_rows);
matmul_kernel CLIPPED_KERNEL(matmul_dense_4x4);

void CLIPPED_KERNEL(matmul_dense_4x4_prepare)(const struct matmul_layer *layer, const int8_t *b, int8_t *rows,
                                              int32_t *terms, uint32_t first, uint32_t last)
{
    prepare_columns(layer, b, rows, terms, first, last);
}

void CLIPPED_KERNEL(matmul_dense_4x4_rows)(const struct matmul_layer *layer, const int8_t *a,
                                           const struct matmul_columns *columns, int8_t *out, int8_t *scratch,
                                           uint32_t count)
{
    for (uint32_t rows; count; count -= rows, a += ROWS * layer->a_pitch, out += ROWS * layer->out_pitch) {
        rows = count < ROWS ? count : ROWS;
        copy_rows(layer, scratch, a, rows);
        some_rows(layer, columns, scratch, out, rows);
    }
}

void CLIPPED_KERNEL(matmul_dense_4x4)(const struct matmul_layer *layer, int8_t *buffer, uint32_t first, uint32_t last)
{
    const uint32_t rounded = (layer->n + 3) & ~3u;
    int32_t *terms = (int32_t *)buffer;
    int8_t *rows = buffer + 4 * rounded, *scratch = rows + rounded * layer->row;
    const struct matmul_columns columns = {rows, terms};
    for (uint32_t head = first / layer->t; first < last; head++) {
        const uint32_t row = first - head * layer->t;
        const uint32_t count = last - first < layer->t - row ? last - first : layer->t - row;
        prepare_columns(layer, layer->second + layer->b_start + head * layer->b_head, rows, terms, 0, layer->n);
        CLIPPED_KERNEL(matmul_dense_4x4_rows)(layer, layer->input + layer->a_start + head * layer->a_head + row * layer->a_pitch,
                                      &columns, layer->output + head * layer->out_head + row * layer->out_pitch, scratch,
                                      count);
        first += count;
    }
}
