/* What the fully-connected kernels share. */
#ifndef TOKENS_H
#define TOKENS_H

#include "linear_layer.h"
#include "requantize.h"

XD_INLINE struct range range_of(const struct linear_layer *layer)
{
    return (struct range){layer->lo, layer->hi};
}

XD_INLINE void store(int32_t acc, struct scaling scaling, struct range range, int8_t **out)
{
    cv_sb_next(out, requantize(acc, scaling, range));
}

#endif
