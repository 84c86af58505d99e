/* Transposition in blocks of 4 by 4 bytes: 18 instructions for 16. */
#include "transpose.h"
#include "units.h"

strided_kernel strided_blocks;

/* Four rows, count elements each, 4 or more: the last block overlaps the one before where count is no multiple of 4. */
XD_INLINE void transpose_rows(const struct strided_layer *layer, const int8_t *from, int8_t *to)
{
    const struct strided_axis *last = &layer->axis[LAST_AXIS];
    const int32_t step = last->from, next = layer->axis[layer->across].to;
    for (uint32_t count = last->count;;) {
        uint32_t blocks = count >> 2;
#if XDECIMATE_HARDWARE
        const int8_t *x = from;
        int8_t *r0 = to, *r1 = r0 + next, *r2 = r1 + next, *r3 = r2 + next;
        __asm__ volatile("cv.setup 0, %[blocks], 1f\n"
                         "cv.lw t0, (%[x]), %[step]\n"
                         "cv.lw t1, (%[x]), %[step]\n"
                         "cv.lw t2, (%[x]), %[step]\n"
                         "cv.lw t3, (%[x]), %[step]\n" TRANSPOSE_4X4
                         "cv.sw t4, (%[r0]), 4\n"
                         "cv.sw t2, (%[r1]), 4\n"
                         "cv.sw t0, (%[r2]), 4\n"
                         "cv.sw t3, (%[r3]), 4\n"
                         "1:"
                         : [x] "+r"(x), [r0] "+r"(r0), [r1] "+r"(r1), [r2] "+r"(r2), [r3] "+r"(r3)
                         : [step] "r"(step), [blocks] "r"(blocks), [even] "r"(EVEN_BYTES), [odd] "r"(ODD_BYTES)
                         : "t0", "t1", "t2", "t3", "t4", "t5", "memory");
#else
        for (uint32_t k = 0; k < 4 * blocks; k++)
            for (int32_t row = 0; row < 4; row++)
                to[row * next + (int32_t)k] = from[(int32_t)k * step + row];
#endif
        if (count == 4 * blocks)
            return;
        from += (int32_t)(count - 4) * step;
        to += count - 4;
        count = 4;
    }
}

static void transpose_unit(const struct strided_layer *layer, const int8_t *from, int8_t *to, uint32_t rows)
{
    if (rows == 4 && layer->axis[LAST_AXIS].count >= 4)
        transpose_rows(layer, from, to);
    else
        gather_rows(layer, from, to, rows);
}

void strided_blocks(const struct strided_layer *layer, uint32_t first, uint32_t last)
{
    walk_units(layer, first, last, transpose_unit);
}
