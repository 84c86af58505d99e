/* Sparse fully-connected layer with a byte for each index, in plain C. */
#include "tokens.h"

linear_kernel SPARSE_KERNEL(linear_sparse_bytes);

void SPARSE_KERNEL(linear_sparse_bytes)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    struct range range = range_of(layer);
    for (uint32_t token = 0; token < layer->tokens; token++) {
        const int8_t *values = layer->weights + first * layer->row;
        const uint8_t *indices = (const uint8_t *)layer->indices + first * layer->row;
        const int32_t *record = layer->requantization + first * RECORD_WORDS;
        int8_t *out = layer->output + token * layer->k + first;
        for (uint32_t k = first; k < last; k++) {
            const int8_t *x = layer->input + token * layer->c;
            int32_t acc = cv_lw_next(&record);
            for (uint32_t i = 0; i < layer->row; i++, x += M)
                acc += *values++ * x[*indices++];
            store(acc, next_scaling(&record), range, &out);
        }
    }
}
