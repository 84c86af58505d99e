/* Mean of a banded image: two instructions for four positions of a channel. */
#include "requantize.h"
#include "whole_image.h"

/* acc and factor times the bytes of the part's words from *x on, which are step bytes apart. */
XD_INLINE int32_t add_part(int32_t acc, const int8_t **x, uint32_t step, struct part part, uint32_t factor)
{
    const int32_t factors = part.bytes & (LANES_ONE * (int32_t)factor);
    uint32_t count = part.words;
    if (count & 1)
        acc = cv_sdotsp_b(acc, load_lanes(x, step), factors);
    count >>= 1;
#if XDECIMATE_HARDWARE
    if (count)
        __asm__ volatile("cv.setup 0, %[count], 1f\n"
                         "cv.lw t0, (%[x]), %[step]\n"
                         "cv.lw t1, (%[x]), %[step]\n"
                         "cv.sdotsp.b %[acc], t0, %[factors]\n"
                         "cv.sdotsp.b %[acc], t1, %[factors]\n"
                         "1:"
                         : [acc] "+r"(acc), [x] "+r"(*x)
                         : [count] "r"(count), [step] "r"(step), [factors] "r"(factors)
                         : "t0", "t1", "memory");
#else
    for (count *= 2; count; count--)
        acc = cv_sdotsp_b(acc, load_lanes(x, step), factors);
#endif
    return acc;
}

pool_kernel KERNEL(pool_average_banded);

/* Channels first to last - 1. */
void KERNEL(pool_average_banded)(const struct pool_layer *layer, uint32_t first, uint32_t last)
{
    const struct parts parts = parts_of(layer);
    const struct range range = {layer->lo, layer->hi};
    const int32_t *record = layer->requantization + 1; /* all windows have as many positions */
    const int32_t bias = cv_lw_next(&record);
    const struct scaling scaling = next_scaling(&record);
    const uint32_t step = 4 * layer->c;
    for (; first < last; first++) {
        const int8_t *x = layer->input + 4 * first;
        int32_t acc = add_part(bias, &x, step, parts.first, layer->factor);
        acc = add_part(acc, &x, step, parts.rest, layer->factor);
        layer->output[first] = (int8_t)requantize(acc, scaling, range);
    }
}
