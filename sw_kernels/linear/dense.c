/* Dense fully-connected layer, two channels: 5 instructions for 8 MACs. */
#include "pairs.h"

XD_INLINE void dot(int32_t *acc0, int32_t *acc1, const int8_t **w0, const int8_t **w1, const uint32_t **indices,
                   const int8_t *x, uint32_t words)
{
    (void)indices;
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[words], 1f\n"
                     "cv.lw t0, (%[x]), 4\n"
                     "cv.lw t1, (%[w0]), 4\n"
                     "cv.lw t2, (%[w1]), 4\n"
                     "cv.sdotsp.b %[acc0], t0, t1\n"
                     "cv.sdotsp.b %[acc1], t0, t2\n"
                     "1:"
                     : [acc0] "+r"(*acc0), [acc1] "+r"(*acc1), [w0] "+r"(*w0), [w1] "+r"(*w1), [x] "+r"(x)
                     : [words] "r"(words)
                     : "t0", "t1", "t2", "memory");
#else
    const int32_t *a = (const int32_t *)*w0, *b = (const int32_t *)*w1, *in = (const int32_t *)x;
    while (words--) {
        int32_t four = cv_lw_next(&in);
        *acc0 = cv_sdotsp_b(*acc0, four, cv_lw_next(&a));
        *acc1 = cv_sdotsp_b(*acc1, four, cv_lw_next(&b));
    }
    *w0 = (const int8_t *)a;
    *w1 = (const int8_t *)b;
#endif
}

linear_kernel KERNEL(linear_dense);

void KERNEL(linear_dense)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    walk_pairs(layer, first, last, 0, dot);
}
