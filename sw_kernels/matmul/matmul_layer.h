/* A product of two activations as its kernels read it, and what they are called with. */
#ifndef MATMUL_LAYER_H
#define MATMUL_LAYER_H

#include "layer.h"

struct matmul_layer {
    const int8_t *input;  /* has a: heads x t rows of k */
    const int8_t *second; /* has b: heads x n rows of k, or heads x k rows of n */
    int8_t *output;       /* heads x t rows of n */
    int32_t lo, hi;
    int32_t mul, add, shift; /* of the requantization: ((acc * mul >> 32) + add) >> shift; or operands of xdecq, and 0 */
    int32_t zero_a, zero_b;
    uint32_t heads, t, k, n;
    uint32_t row;                      /* bytes from a row of k to the next in copies: an odd number of words; or a
                                        * quarter of those from four rows side by side to the next four */
    uint32_t by_k;                     /* b has rows of n */
    uint32_t a_start, a_pitch, a_head; /* bytes from input to the first row, from a row to the next, head to head */
    uint32_t b_start, b_pitch, b_head; /* the same of b, from second */
    uint32_t out_pitch, out_head;      /* the same of the output */
};

/* A head's b as the inner loop reads it: n rows of k, row bytes apart, and what each of them adds to its accumulators. Or
 * fours of rows, 4 * row bytes apart, of which a word has a byte each. */
struct matmul_columns {
    const int8_t *rows;
    const int32_t *terms;
};

/* Rows first to last - 1 of the output, counted through all heads. buffer is scratch memory of this core: n words and n
 * rows, both rounded up to a multiple of 4, and four rows more. */
typedef void matmul_kernel(const struct matmul_layer *layer, int8_t *buffer, uint32_t first, uint32_t last);

/* The steps of a product, for callers that walk heads, rows and columns themselves.
 *
 * Columns first to last - 1 of a head's b, first a multiple of 4: their terms, and their rows of k, unless rows is b
 * itself. */
typedef void matmul_prepare(const struct matmul_layer *layer, const int8_t *b, int8_t *rows, int32_t *terms,
                            uint32_t first, uint32_t last);
/* count rows of a, to rows of the output; scratch is memory for four rows, or for a word of each. */
typedef void matmul_rows(const struct matmul_layer *layer, const int8_t *a, const struct matmul_columns *columns,
                         int8_t *out, int8_t *scratch, uint32_t count);

#endif
