/* Product of activations, four rows of b by four of a; rows and columns left over go in pairs of rows. */
#define TIER high
#define FOURS_RECORD 1

#include "bytes.h"
#include "columns.h"
#include "fours.h"

/* Rows with zeros to the end of their last word. */
XD_INLINE void copy_rows(const struct matmul_layer *layer, int8_t *to, const int8_t *from, uint32_t count)
{
    for (; count; count--, to += layer->row, from += layer->a_pitch)
        fill_bytes(copy_bytes(to, from, layer->k), 0, -layer->k & 3);
}

/* One to four rows, whose copies are x. */
XD_INLINE void copied_rows(const struct matmul_layer *layer, const struct matmul_columns *columns, const int8_t *x,
                           int8_t *out, uint32_t rows)
{
    struct fours fours = {
        .record = columns->terms,
        .x = x,
        .columns = columns->rows,
        .out = out,
        .x_row = layer->row,
        .column_row = layer->row,
        .out_row = layer->out_pitch,
        .words = (layer->k + 3) / 4,
        .scaling = {layer->mul, layer->add, 0, layer->shift},
        .range = {layer->lo, layer->hi},
    };
    for (uint32_t row = 0; row < rows; row++)
        fours.own[row] = row_term(x + row * layer->row, fours.words, layer->zero_b);
    some_rows(&fours, layer->n, rows);
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
        copied_rows(layer, columns, scratch, out, rows);
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
