/* Four rows of activations by four columns at a time: rows of weights, or of what plays their part.
 *
 * Compiled for one TIER and CLIP, and for FOURS_RECORD words of a column's record. With 1 a record is what the column
 * adds to its accumulators, and all columns have one scaling; else it is as in requantize.h.
 */
#ifndef FOURS_H
#define FOURS_H

#include "dots.h"
#include "requantize.h"

#define ROWS 4

struct fours {
    int32_t own[ROWS]; /* what each row adds to its accumulators */
    const int32_t *record;
    const int8_t *x, *columns;
    int8_t *out;
    uint32_t x_row, column_row, out_row; /* bytes from a row to the next */
    uint32_t words;                      /* of a row */
    struct scaling scaling;              /* of all columns, if their records have none */
    struct range range;
};

/* Scaling of the column whose record this is. */
XD_INLINE struct scaling scaling_of(const struct fours *fours, const int32_t *record)
{
    record++;
    return FOURS_RECORD == 1 ? fours->scaling : next_scaling(&record);
}

#if XDECIMATE_HARDWARE
/* A row's accumulators, from what the columns add in a00 to a03. */
#define START(row, own)                                                        \
    "add %[a" row "0], %[a00], " own "\nadd %[a" row "1], %[a01], " own "\n" \
    "add %[a" row "2], %[a02], " own "\nadd %[a" row "3], %[a03], " own "\n"
#define DOT(column, four)                                                                     \
    "cv.sdotsp.b %[a0" column "], t0, " four "\ncv.sdotsp.b %[a1" column "], t1, " four "\n" \
    "cv.sdotsp.b %[a2" column "], t2, " four "\ncv.sdotsp.b %[a3" column "], t3, " four "\n"
#if XD_IS(TIER) == XD_IS_narrow
#define SCALE(acc) "mul " acc ", " acc ", t0\ncv.addnr " acc ", t1, t2\n" CLIP_ASM(acc)
#else
#define SCALE(acc) "mulh " acc ", " acc ", t0\ncv.addnr " acc ", t1, t2\n" CLIP_ASM(acc)
#endif
#define SCALE_COLUMN(column) \
    SCALE("%[a0" column "]") SCALE("%[a1" column "]") SCALE("%[a2" column "]") SCALE("%[a3" column "]")
/* A word of outputs. */
#define STORE(row)                                \
    "cv.packlo.b t0, %[a" row "1], %[a" row "0]\n" \
    "cv.packhi.b t0, %[a" row "3], %[a" row "2]\n" \
    "cv.sw t0, (t3), tp\n"
/* mul, add and shift in t0 to t2: of all columns, or of the column whose record is record words behind t4. */
#if FOURS_RECORD == 1
#define COMMON_SCALING "lw t0, %[mul](%[fours])\nlw t1, %[add](%[fours])\nlw t2, %[shift](%[fours])\n"
#define OWN_SCALING(words)
#else
#define COMMON_SCALING
#define OWN_SCALING(words) "lw t0, 4 * (" words ") + 4(t4)\nlw t1, 4 * (" words ") + 8(t4)\nlw t2, 4 * (" words ") + 12(t4)\n"
#endif
#if XD_IS(CLIP) == XD_IS_bounds
#define LIMITS "lw %[lo], %[at_lo](%[fours])\nlw %[hi], %[at_hi](%[fours])\n"
#else
#define LIMITS
#endif
#define RECORDS(count) TEXT(count * FOURS_RECORD)
#define OFFSET(name, member) [name] "i"(__builtin_offsetof(struct fours, member))
#endif

/* Columns in fours, groups of them, at least 1; steps past them. A word of each row and column takes 8 loads and 16 dot
 * products for 64 MACs; no load is used by the instruction after it. Uses tp, which nothing else does. */
static __attribute__((noinline)) void four_rows(struct fours *fours, uint32_t groups)
{
#if XDECIMATE_HARDWARE && XD_IS(TIER) != XD_IS_wide
    int32_t a00, a01, a02, a03, a10, a11, a12, a13, a20, a21, a22, a23, a30, a31, a32, a33;
    int32_t lo, hi = (int32_t)groups; /* pointers in the inner loop, the limits of the range behind it */
    __asm__ volatile("cv.setup 1, %[hi], 2f\n"
                     "lw t4, %[record](%[fours])\n"
                     "lw t0, %[own](%[fours])\n"
                     "lw %[a00], 0(t4)\n"
                     "lw %[a01], 4 * " RECORDS(1) "(t4)\n"
                     "lw %[a02], 4 * " RECORDS(2) "(t4)\n"
                     "lw %[a03], 4 * " RECORDS(3) "(t4)\n"
                     "lw t1, %[own] + 4(%[fours])\n"
                     "lw t2, %[own] + 8(%[fours])\n"
                     "lw t3, %[own] + 12(%[fours])\n"
                     "lw t4, %[words](%[fours])\n"
                     START("3", "t3") START("2", "t2") START("1", "t1") START("0", "t0")
                     "lw %[hi], %[columns](%[fours])\n"
                     "lw %[lo], %[x](%[fours])\n"
                     "slli t0, %[column_row], 2\n"
                     "add t0, t0, %[hi]\n"
                     "sw t0, %[columns](%[fours])\n"
                     "cv.setup 0, t4, 1f\n"
                     "cv.lw t0, (%[lo]), %[x_row]\n"
                     "cv.lw t1, (%[lo]), %[x_row]\n"
                     "cv.lw t2, (%[lo]), %[x_row]\n"
                     "cv.lw t3, (%[lo]), %[x_rest]\n"
                     "cv.lw t4, (%[hi]), %[column_row]\n"
                     "cv.lw tp, (%[hi]), %[column_row]\n"
                     DOT("0", "t4")
                     "cv.lw t4, (%[hi]), %[column_row]\n"
                     DOT("1", "tp")
                     "cv.lw tp, (%[hi]), %[column_rest]\n"
                     DOT("2", "t4")
                     DOT("3", "tp")
                     "1:\n"
                     "lw t4, %[record](%[fours])\n"
                     "lw t3, %[out](%[fours])\n"
                     "lw tp, %[out_row](%[fours])\n" LIMITS COMMON_SCALING
                     OWN_SCALING(RECORDS(0)) SCALE_COLUMN("0") OWN_SCALING(RECORDS(1)) SCALE_COLUMN("1")
                     OWN_SCALING(RECORDS(2)) SCALE_COLUMN("2") OWN_SCALING(RECORDS(3)) SCALE_COLUMN("3")
                     "addi t4, t4, 4 * " RECORDS(4) "\n"
                     "addi t1, t3, 4\n"
                     "sw t4, %[record](%[fours])\n"
                     "sw t1, %[out](%[fours])\n"
                     STORE("0") STORE("1") STORE("2") STORE("3")
                     "2:"
                     : [a00] "=&r"(a00), [a01] "=&r"(a01), [a02] "=&r"(a02), [a03] "=&r"(a03), [a10] "=&r"(a10),
                       [a11] "=&r"(a11), [a12] "=&r"(a12), [a13] "=&r"(a13), [a20] "=&r"(a20), [a21] "=&r"(a21),
                       [a22] "=&r"(a22), [a23] "=&r"(a23), [a30] "=&r"(a30), [a31] "=&r"(a31), [a32] "=&r"(a32),
                       [a33] "=&r"(a33), [lo] "=&r"(lo), [hi] "+r"(hi)
                     : [fours] "r"(fours), [x_row] "r"(fours->x_row), [x_rest] "r"(4 - 3 * fours->x_row),
                       [column_row] "r"(fours->column_row), [column_rest] "r"(4 - 3 * fours->column_row),
                       OFFSET(own, own), OFFSET(record, record), OFFSET(x, x), OFFSET(columns, columns), OFFSET(out, out),
                       OFFSET(out_row, out_row), OFFSET(words, words), OFFSET(mul, scaling.mul), OFFSET(add, scaling.add),
                       OFFSET(shift, scaling.shift), OFFSET(at_lo, range.lo), OFFSET(at_hi, range.hi)
                     : "t0", "t1", "t2", "t3", "t4", "memory");
#else
    for (; groups; groups--, fours->columns += FILTERS * fours->column_row, fours->out += FILTERS) {
        int32_t acc[ROWS][FILTERS];
        const int32_t *record = fours->record;
        for (unsigned column = 0; column < FILTERS; column++, record += FOURS_RECORD)
            for (unsigned row = 0; row < ROWS; row++)
                acc[row][column] = *record + fours->own[row];
        for (unsigned row = 0; row < ROWS; row += 2) {
            const int8_t *x = fours->x + row * fours->x_row, *columns[FILTERS];
            for (unsigned column = 0; column < FILTERS; column++)
                columns[column] = fours->columns + column * fours->column_row;
            dot_4x2(acc[row], acc[row + 1], columns, x, x + fours->x_row, fours->words);
        }
        for (unsigned column = 0; column < FILTERS; column++, fours->record += FOURS_RECORD) {
            struct scaling scaling = scaling_of(fours, fours->record);
            for (unsigned row = 0; row < ROWS; row++)
                fours->out[row * fours->out_row + column] = (int8_t)requantize(acc[row][column], scaling, fours->range);
        }
    }
#endif
}

/* One column of two rows, which may be the same. */
XD_INLINE void two_rows(const struct fours *fours, uint32_t row, uint32_t next)
{
    const int8_t *column = fours->columns;
    const struct scaling scaling = scaling_of(fours, fours->record);
    int32_t acc0 = *fours->record + fours->own[row], acc1 = *fours->record + fours->own[next];
    dot_1x2(&acc0, &acc1, &column, fours->x + row * fours->x_row, fours->x + next * fours->x_row, fours->words);
    fours->out[row * fours->out_row] = (int8_t)requantize(acc0, scaling, fours->range);
    fours->out[next * fours->out_row] = (int8_t)requantize(acc1, scaling, fours->range);
}

/* columns columns of one to four rows. Fewer than four rows, and columns left over, take 5 instructions for 8
 * MACs. */
XD_INLINE void some_rows(struct fours *fours, uint32_t columns, uint32_t rows)
{
    if (rows == ROWS && columns / FILTERS) {
        four_rows(fours, columns / FILTERS);
        columns %= FILTERS;
    }
    for (; columns; columns--, fours->record += FOURS_RECORD, fours->columns += fours->column_row, fours->out++)
        for (uint32_t row = 0; row < rows; row += 2)
            two_rows(fours, row, row + 1 < rows ? row + 1 : row);
}

#endif
