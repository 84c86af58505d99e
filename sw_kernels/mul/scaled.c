/* Product: 35 instructions for 4 elements, of which 4 take 5 cycles. */
#include "clip.h"
#include "mul_layer.h"

#if XDECIMATE_HARDWARE
/* Both codes of an element. */
#define LOAD(a, b)             \
    "cv.lb " a ", (%[x]), 1\n" \
    "cv.lb " b ", (%[y]), 1\n"
/* The output from them, in a. */
#define MUL(a, b)                        \
    "sub " a ", " a ", %[zero1]\n"       \
    "sub " b ", " b ", %[zero2]\n"       \
    "mul " a ", " a ", " b "\n"          \
    "mulh " a ", " a ", %[mul]\n"        \
    "cv.addnr " a ", %[add], %[shift]\n" CLIP_ASM(a)
#endif

mul_kernel CLIPPED_KERNEL(mul_scaled);

void CLIPPED_KERNEL(mul_scaled)(const struct mul_layer *layer, uint32_t first, uint32_t last)
{
    const int8_t *x = layer->input + first, *y = layer->second + first;
    int8_t *out = layer->output + first;
    const struct range range = {layer->lo, layer->hi};
    const int32_t zero1 = layer->zero1, zero2 = layer->zero2, mul = layer->mul, add = layer->add;
    const int32_t shift = layer->shift;
    uint32_t count = last - first;
#if XDECIMATE_HARDWARE
    if (count >> 2)
        __asm__ volatile("cv.setup 0, %[words], 1f\n" LOAD("t0", "t4") LOAD("t1", "t5") LOAD("t2", "t6")
                             MUL("t0", "t4") LOAD("t3", "t4") MUL("t1", "t5") MUL("t2", "t6") MUL("t3", "t4")
                         "cv.packlo.b t0, t1, t0\n"
                         "cv.packhi.b t0, t3, t2\n"
                         "cv.sw t0, (%[out]), 4\n"
                         "1:"
                         : [x] "+r"(x), [y] "+r"(y), [out] "+r"(out)
                         : [words] "r"(count >> 2), [zero1] "r"(zero1), [zero2] "r"(zero2), [mul] "r"(mul),
                           [add] "r"(add), [shift] "r"(shift), [lo] "r"(range.lo), [hi] "r"(range.hi)
                         : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "memory");
    count &= 3;
#endif
    while (count--) {
        int32_t product = (*x++ - zero1) * (*y++ - zero2);
        cv_sb_next(&out, clip(((int32_t)((int64_t)product * mul >> 32) + add) >> shift, range));
    }
}
