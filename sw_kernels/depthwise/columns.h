/* Four channels of four input rows, column by column, turned into a word of four rows for each channel. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "transpose.h"
#include "xdecimate.h"

/* Bytes of a column's words, one for each of four channels. */
#define COLUMN_BYTES 16

/* A row of the input at four channels: a step of 0 repeats its first pixel. */
struct input_row {
    const int8_t *at;
    uint32_t step;
};

/* columns: at least 1; to_step: bytes from a column's words to those of the next. 18 instructions a column. */
XD_INLINE void transpose(int8_t *to, uint32_t to_step, const struct input_row rows[4], uint32_t columns)
{
#if XDECIMATE_HARDWARE
    const int8_t *r0 = rows[0].at, *r1 = rows[1].at, *r2 = rows[2].at, *r3 = rows[3].at;
    __asm__ volatile("cv.setup 0, %[columns], 1f\n"
                     "cv.lw t0, (%[r0]), %[s0]\n"
                     "cv.lw t1, (%[r1]), %[s1]\n"
                     "cv.lw t2, (%[r2]), %[s2]\n"
                     "cv.lw t3, (%[r3]), %[s3]\n" TRANSPOSE_4X4
                     "cv.sw t4, (%[to]), 4\n"
                     "cv.sw t2, (%[to]), 4\n"
                     "cv.sw t0, (%[to]), 4\n"
                     "cv.sw t3, (%[to]), %[rest]\n"
                     "1:"
                     : [r0] "+r"(r0), [r1] "+r"(r1), [r2] "+r"(r2), [r3] "+r"(r3), [to] "+r"(to)
                     : [s0] "r"(rows[0].step), [s1] "r"(rows[1].step), [s2] "r"(rows[2].step), [s3] "r"(rows[3].step),
                       [columns] "r"(columns), [rest] "r"(to_step - 12), [even] "r"(EVEN_BYTES), [odd] "r"(ODD_BYTES)
                     : "t0", "t1", "t2", "t3", "t4", "t5", "memory");
#else
    for (uint32_t column = 0; column < columns; column++)
        for (unsigned channel = 0; channel < 4; channel++)
            for (unsigned row = 0; row < 4; row++)
                to[column * to_step + 4 * channel + row] = rows[row].at[column * rows[row].step + channel];
#endif
}

#endif
