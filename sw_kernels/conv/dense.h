/* A channel of a dense convolution over two patches. */
#ifndef DENSE_H
#define DENSE_H

#include "dots.h"
#include "pixels.h"

/* words: of a weight row; range: of the outputs. */
XD_INLINE void channel_1x2(const int8_t **weights, const int32_t **record, const int8_t *x0, const int8_t *x1,
                           uint32_t words, struct range range, int8_t **out0, int8_t **out1)
{
    int32_t acc0 = cv_lw_next(record), acc1 = acc0;
    dot_1x2(&acc0, &acc1, weights, x0, x1, words);
    store_pair(acc0, acc1, next_scaling(record), range, out0, out1);
}

#endif
