/* Addition: 27 instructions for 4 elements. */
#include "add_layer.h"
#include "clip.h"

#if XDECIMATE_HARDWARE
/* Both codes of an element. */
#define LOAD(a, b)             \
    "cv.lb " a ", (%[x]), 1\n" \
    "cv.lb " b ", (%[y]), 1\n"
/* The output from them, in a. */
#define ADD(a, b)                           \
    "mul " a ", " a ", %[m1]\n"             \
    "cv.mac " a ", " b ", %[m2]\n"          \
    "cv.addnr " a ", %[c], %[shift]\n" CLIP_ASM(a)
#endif

add_kernel CLIPPED_KERNEL(add_scaled);

void CLIPPED_KERNEL(add_scaled)(const struct add_layer *layer, uint32_t first, uint32_t last)
{
    const int8_t *x = layer->input + first, *y = layer->second + first;
    int8_t *out = layer->output + first;
    const struct range range = {layer->lo, layer->hi};
    const int32_t m1 = layer->m1, m2 = layer->m2, c = layer->c, shift = layer->shift;
    uint32_t count = last - first;
#if XDECIMATE_HARDWARE
    if (count >> 2)
        __asm__ volatile("cv.setup 0, %[words], 1f\n" LOAD("t0", "t4") LOAD("t1", "t5") LOAD("t2", "t6")
                             ADD("t0", "t4") LOAD("t3", "t4") ADD("t1", "t5") ADD("t2", "t6") ADD("t3", "t4")
                         "cv.packlo.b t0, t1, t0\n"
                         "cv.packhi.b t0, t3, t2\n"
                         "cv.sw t0, (%[out]), 4\n"
                         "1:"
                         : [x] "+r"(x), [y] "+r"(y), [out] "+r"(out)
                         : [words] "r"(count >> 2), [m1] "r"(m1), [m2] "r"(m2), [c] "r"(c), [shift] "r"(shift),
                           [lo] "r"(range.lo), [hi] "r"(range.hi)
                         : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "memory");
    count &= 3;
#endif
    while (count--) {
        int32_t sum = cv_mac(cv_mac(c, *x++, m1), *y++, m2);
        cv_sb_next(&out, clip(sum >> shift, range));
    }
}
