/* Dense convolution, four filters by two patches (the shape of PULP-NN); channels left over go one by one. */
#include "dense.h"

XD_INLINE void pair(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch, int8_t *out0,
                    int8_t *out1)
{
    const int8_t *next = layer->weights;
    const int32_t *record = layer->requantization;
    (void)scratch;
    struct range range = range_of(layer);
    uint32_t words = layer->row / 4;
    for (uint32_t groups = layer->k / FILTERS; groups; groups--) {
        const int8_t *weights[FILTERS];
        int32_t acc0[FILTERS], acc1[FILTERS];
        for (unsigned filter = 0; filter < FILTERS; filter++) {
            weights[filter] = next + filter * layer->row;
            acc0[filter] = acc1[filter] = record[filter * RECORD_WORDS];
        }
        dot_4x2(acc0, acc1, weights, x0, x1, words);
        next = weights[FILTERS - 1];
        for (unsigned filter = 0; filter < FILTERS; filter++) {
            record++; /* past the bias */
            store_pair(acc0[filter], acc1[filter], next_scaling(&record), range, &out0, &out1);
        }
    }
    for (uint32_t k = layer->k % FILTERS; k; k--)
        channel_1x2(&next, &record, x0, x1, words, range, &out0, &out1);
}

conv_kernel KERNEL(conv_dense_4x2);

void KERNEL(conv_dense_4x2)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_pixels(layer, im2col, first, last, 1, pair);
}

CONV_STEPS(KERNEL(conv_dense_4x2_gather), KERNEL(conv_dense_4x2_channels), 1, pair)
