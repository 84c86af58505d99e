/* Average-pooling: five instructions for four channels of a position. */
#include "requantize.h"
#include "windows.h"

/* The record for windows of count positions. */
XD_INLINE const int32_t *record_of(const struct pool_layer *layer, uint32_t count)
{
    const int32_t *record = layer->requantization;
    while ((uint32_t)*record != count)
        record += 1 + RECORD_WORDS;
    return record + 1;
}

XD_INLINE int32_t group(const struct pool_layer *layer, const struct window *window, const int8_t *start)
{
    const uint32_t step = window->step;
    const int32_t *record = record_of(layer, window->columns * window->rows);
    const int32_t one0 = (int32_t)layer->factor, one1 = one0 << 8, one2 = one0 << 16, one3 = one0 << 24;
    int32_t acc0 = cv_lw_next(&record), acc1 = acc0, acc2 = acc0, acc3 = acc0;
    for (uint32_t y = 0; y < window->rows; y++, start += window->pitch) {
        const int8_t *x = start;
        uint32_t count = window->columns;
        if (count & 1) {
            int32_t four = load_lanes(&x, step);
            acc0 = cv_sdotsp_b(acc0, four, one0);
            acc1 = cv_sdotsp_b(acc1, four, one1);
            acc2 = cv_sdotsp_b(acc2, four, one2);
            acc3 = cv_sdotsp_b(acc3, four, one3);
        }
        count >>= 1;
#if XDECIMATE_HARDWARE
        if (count)
            __asm__ volatile("cv.setup 0, %[count], 1f\n"
                             "cv.lw t0, (%[x]), %[step]\n"
                             "cv.lw t1, (%[x]), %[step]\n"
                             "cv.sdotsp.b %[acc0], t0, %[one0]\n"
                             "cv.sdotsp.b %[acc1], t0, %[one1]\n"
                             "cv.sdotsp.b %[acc2], t0, %[one2]\n"
                             "cv.sdotsp.b %[acc3], t0, %[one3]\n"
                             "cv.sdotsp.b %[acc0], t1, %[one0]\n"
                             "cv.sdotsp.b %[acc1], t1, %[one1]\n"
                             "cv.sdotsp.b %[acc2], t1, %[one2]\n"
                             "cv.sdotsp.b %[acc3], t1, %[one3]\n"
                             "1:"
                             : [acc0] "+r"(acc0), [acc1] "+r"(acc1), [acc2] "+r"(acc2), [acc3] "+r"(acc3), [x] "+r"(x)
                             : [count] "r"(count), [step] "r"(step), [one0] "r"(one0), [one1] "r"(one1),
                               [one2] "r"(one2), [one3] "r"(one3)
                             : "t0", "t1", "memory");
#else
        for (count *= 2; count; count--) {
            int32_t four = load_lanes(&x, step);
            acc0 = cv_sdotsp_b(acc0, four, one0);
            acc1 = cv_sdotsp_b(acc1, four, one1);
            acc2 = cv_sdotsp_b(acc2, four, one2);
            acc3 = cv_sdotsp_b(acc3, four, one3);
        }
#endif
    }
    const struct scaling scaling = next_scaling(&record);
    const struct range range = {layer->lo, layer->hi};
    int32_t four = cv_packlo_b(0, requantize(acc1, scaling, range), requantize(acc0, scaling, range));
    return cv_packhi_b(four, requantize(acc3, scaling, range), requantize(acc2, scaling, range));
}

pool_kernel KERNEL(pool_average);

void KERNEL(pool_average)(const struct pool_layer *layer, uint32_t first, uint32_t last)
{
    walk_windows(layer, first, last, group);
}
