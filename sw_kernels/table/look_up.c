/* A table for every element: 11 instructions for 4 elements. */
#include "table_layer.h"
#include "xdecimate.h"

table_kernel table_look_up;

void table_look_up(const struct table_layer *layer, uint32_t first, uint32_t last)
{
    const int8_t *x = layer->input + first, *zero = layer->table + 128; /* entry of code 0 */
    int8_t *out = layer->output + first;
    uint32_t count = last - first;
#if XDECIMATE_HARDWARE
    if (count >> 2)
        __asm__ volatile("cv.setup 0, %[words], 1f\n"
                         "cv.lb t0, (%[x]), 1\n"
                         "cv.lb t1, (%[x]), 1\n"
                         "cv.lb t2, (%[x]), 1\n"
                         "cv.lb t3, (%[x]), 1\n"
                         "cv.lb t0, t0(%[zero])\n"
                         "cv.lb t1, t1(%[zero])\n"
                         "cv.lb t2, t2(%[zero])\n"
                         "cv.lb t3, t3(%[zero])\n"
                         "cv.packlo.b t0, t1, t0\n"
                         "cv.packhi.b t0, t3, t2\n"
                         "cv.sw t0, (%[out]), 4\n"
                         "1:"
                         : [x] "+r"(x), [out] "+r"(out)
                         : [words] "r"(count >> 2), [zero] "r"(zero)
                         : "t0", "t1", "t2", "t3", "memory");
    count &= 3;
#endif
    while (count--)
        cv_sb_next(&out, zero[*x++]);
}
