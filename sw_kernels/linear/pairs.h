/* Output channels two by two: the walk of the kernels that unroll over two channels. */
#ifndef PAIRS_H
#define PAIRS_H

#include "tokens.h"

/* Accumulate one token's dot products with two weight rows; rows and indices step past what the pair uses. */
typedef void pair_dot(int32_t *acc0, int32_t *acc1, const int8_t **w0, const int8_t **w1, const uint32_t **indices,
                      const int8_t *x, uint32_t words);

/* index_words: 32-bit words of indices per pair. A last channel without a partner is paired with itself. */
XD_INLINE void walk_pairs(const struct linear_layer *layer, uint32_t first, uint32_t last, uint32_t index_words,
                          pair_dot *dot)
{
    struct range range = range_of(layer);
    uint32_t row = layer->row, words = row / 4;
    for (uint32_t token = 0; token < layer->tokens; token++) {
        const int8_t *x = layer->input + token * layer->c, *w0 = layer->weights + first * row, *w1;
        const uint32_t *indices = layer->indices + first / 2 * index_words;
        const int32_t *record = layer->requantization + first * RECORD_WORDS;
        int8_t *out = layer->output + token * layer->k + first;
        UNROLL(4)
        for (uint32_t pairs = (last - first) / 2; pairs; pairs--, w0 = w1) {
            int32_t acc0 = cv_lw_next(&record), acc1 = record[RECORD_WORDS - 1];
            w1 = w0 + row;
            dot(&acc0, &acc1, &w0, &w1, &indices, x, words);
            store(acc0, next_scaling(&record), range, &out);
            record++; /* past the second bias */
            store(acc1, next_scaling(&record), range, &out);
        }
        if ((last - first) % 2) {
            int32_t acc0 = cv_lw_next(&record), unused = 0;
            w1 = w0;
            dot(&acc0, &unused, &w0, &w1, &indices, x, words);
            store(acc0, next_scaling(&record), range, &out);
        }
    }
}

#endif
