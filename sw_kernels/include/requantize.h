/* From accumulators to int8, compiled for one tier and one clip.
 *
 * A record per output channel, in words:
 *   narrow  bias, mul, add, shift             acc * mul + add is proven to fit 32 bits; shift <= 31
 *   high    bias, mul, add >> 32, shift - 32  add is a multiple of 2^32; shift >= 33
 *   wide    bias, mul, low and high word of add, shift
 *   short   factor | shift << 16, addend: the operands of xdecq, for kernels that have no other accumulators
 */
#ifndef REQUANTIZE_H
#define REQUANTIZE_H

#include "clip.h"

#define XD_IS_narrow 0
#define XD_IS_high 1
#define XD_IS_wide 2
#define XD_IS_short 3

#define RECORD_WORDS (XD_IS(TIER) == XD_IS_wide ? 5 : XD_IS(TIER) == XD_IS_short ? 2 : 4)

struct scaling {
    int32_t mul, add, add_high, shift;
};

/* The record after its bias, which the caller has read. */
XD_INLINE struct scaling next_scaling(const int32_t **record)
{
    struct scaling s;
    s.mul = cv_lw_next(record);
    s.add = cv_lw_next(record);
    s.add_high = XD_IS(TIER) == XD_IS_wide ? cv_lw_next(record) : 0;
    s.shift = cv_lw_next(record);
    return s;
}

XD_INLINE int32_t requantize(int32_t acc, struct scaling s, struct range range)
{
#if XD_IS(TIER) == XD_IS_narrow
    return clip(cv_mac(s.add, acc, s.mul) >> s.shift, range);
#elif XD_IS(TIER) == XD_IS_high
    return clip(((int32_t)((int64_t)acc * s.mul >> 32) + s.add) >> s.shift, range);
#else
    int64_t add = (int64_t)((uint64_t)(uint32_t)s.add_high << 32 | (uint32_t)s.add);
    int64_t value = ((int64_t)acc * s.mul + add) >> s.shift;
    return (int32_t)(value < range.lo ? range.lo : value > range.hi ? range.hi : value);
#endif
}

#endif
