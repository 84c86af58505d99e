/* What the kernels of the product make of b before they multiply: rows of k, and terms of the accumulators.
 *
 * sum (a - zero_a) * (b - zero_b) = sum a * b - zero_b * sum a + zero_a * (k * zero_b - sum b)
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "bytes.h"
#include "lanes.h"
#include "matmul_layer.h"
#include "transpose.h"

/* What a row of a adds to all its accumulators. */
XD_INLINE int32_t row_term(const int8_t *x, uint32_t words, int32_t zero_b)
{
    return zero_b ? -zero_b * sum_lanes(&x, words) : 0;
}

/* Words of four rows, row bytes apart, from the same bytes of four times quads rows, pitch bytes apart: 18 instructions
 * for 16 bytes. *to and *from step past them. */
XD_INLINE void transpose_fours(int8_t **to, const int8_t **from, uint32_t row, uint32_t pitch, uint32_t quads)
{
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[quads], 1f\n"
                     "cv.lw t0, (%[from]), %[pitch]\n"
                     "cv.lw t1, (%[from]), %[pitch]\n"
                     "cv.lw t2, (%[from]), %[pitch]\n"
                     "cv.lw t3, (%[from]), %[pitch]\n" TRANSPOSE_4X4
                     "cv.sw t4, (%[to]), %[row]\n"
                     "cv.sw t2, (%[to]), %[row]\n"
                     "cv.sw t0, (%[to]), %[row]\n"
                     "cv.sw t3, (%[to]), %[rest]\n"
                     "1:"
                     : [from] "+r"(*from), [to] "+r"(*to)
                     : [quads] "r"(quads), [pitch] "r"(pitch), [row] "r"(row), [rest] "r"(4 - 3 * row),
                       [even] "r"(EVEN_BYTES), [odd] "r"(ODD_BYTES)
                     : "t0", "t1", "t2", "t3", "t4", "t5", "memory");
#else
    for (uint32_t quad = 0; quad < quads; quad++, *to += 4)
        for (uint32_t lane = 0; lane < 4; lane++, *from += pitch)
            for (uint32_t byte = 0; byte < 4; byte++)
                (*to)[byte * row + lane] = (*from)[byte];
#endif
}

/* Rows of k from columns first to last - 1, in fours: 18 instructions for 16 bytes. */
XD_INLINE void transpose_columns(const struct matmul_layer *layer, const int8_t *b, int8_t *rows, uint32_t first,
                                 uint32_t last)
{
    const uint32_t quads = layer->k / 4, pitch = layer->b_pitch, row = layer->row;
    for (uint32_t column = first; column < last; column += 4) {
        const int8_t *from = b + column;
        int8_t *to = rows + column * row;
        if (quads)
            transpose_fours(&to, &from, row, pitch, quads);
        for (uint32_t k = quads * 4; k < layer->k; k++, from += pitch, to++)
            for (uint32_t lane = 0; lane < 4; lane++)
                to[lane * row] = from[lane];
    }
}

/* Rows of k from columns first to last - 1 in rows, unless they lie there, and their terms. */
XD_INLINE void prepare_columns(const struct matmul_layer *layer, const int8_t *b, int8_t *rows, int32_t *terms,
                               uint32_t first, uint32_t last)
{
    if (layer->by_k)
        transpose_columns(layer, b, rows, first, last);
    else if (b != rows)
        for (uint32_t column = first; column < last; column++)
            copy_bytes(rows + column * layer->row, b + column * layer->b_pitch, layer->k);
    for (uint32_t column = first; column < last; column++) {
        const int8_t *x = rows + column * layer->row;
        int32_t sum = 0;
        if (layer->zero_a) {
            sum = sum_lanes(&x, layer->k / 4);
            for (uint32_t rest = layer->k % 4; rest; rest--)
                sum += *x++;
        }
        terms[column] = layer->zero_a * ((int32_t)layer->k * layer->zero_b - sum);
    }
}

#endif
