/* Dense convolution, one filter by two patches. */
#include "dense.h"

XD_INLINE void pair(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch, int8_t *out0,
                    int8_t *out1)
{
    const int8_t *weights = layer->weights;
    const int32_t *record = layer->requantization;
    (void)scratch;
    struct range range = range_of(layer);
    uint32_t words = layer->row / 4;
    UNROLL(4)
    for (uint32_t k = layer->k; k; k--)
        channel_1x2(&weights, &record, x0, x1, words, range, &out0, &out1);
}

conv_kernel KERNEL(conv_dense_1x2);

void KERNEL(conv_dense_1x2)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_pixels(layer, im2col, first, last, 1, pair);
}

CONV_STEPS(KERNEL(conv_dense_1x2_gather), KERNEL(conv_dense_1x2_channels), 1, pair)
