/* Max-pooling: two instructions for four channels of a position. */
#include "windows.h"

XD_INLINE int32_t largest(int32_t a, int32_t b)
{
#if XDECIMATE_HARDWARE
    __asm__("cv.max.b %0, %0, %1" : "+r"(a) : "r"(b));
    return a;
#else
    uint32_t result = 0;
    for (unsigned lane = 0; lane < 4; lane++)
        result |= (uint32_t)(uint8_t)cv_max(xd_lane(a, lane), xd_lane(b, lane)) << 8 * lane;
    return (int32_t)result;
#endif
}

XD_INLINE int32_t group(const struct pool_layer *layer, const struct window *window, const int8_t *start)
{
    const uint32_t step = window->step;
    int32_t most = INT32_C(-0x7f7f7f80); /* -128 in every lane */
    (void)layer;
    for (uint32_t y = 0; y < window->rows; y++, start += window->pitch) {
        const int8_t *x = start;
        uint32_t count = window->columns;
        if (count & 1)
            most = largest(most, load_lanes(&x, step));
        count >>= 1;
#if XDECIMATE_HARDWARE
        if (count)
            __asm__ volatile("cv.setup 0, %[count], 1f\n"
                             "cv.lw t0, (%[x]), %[step]\n"
                             "cv.lw t1, (%[x]), %[step]\n"
                             "cv.max.b %[most], %[most], t0\n"
                             "cv.max.b %[most], %[most], t1\n"
                             "1:"
                             : [most] "+r"(most), [x] "+r"(x)
                             : [count] "r"(count), [step] "r"(step)
                             : "t0", "t1", "memory");
#else
        while (count--) {
            most = largest(most, load_lanes(&x, step));
            most = largest(most, load_lanes(&x, step));
        }
#endif
    }
    return most;
}

pool_kernel pool_max;

void pool_max(const struct pool_layer *layer, uint32_t first, uint32_t last)
{
    walk_windows(layer, first, last, group);
}
