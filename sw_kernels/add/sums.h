/* Addition with xdecmac: 11 instructions for 4 elements, or with xdecmac8 22 for 8; two more where both ends clip.
 *
 * Members of the layer have other meanings than in the exact form: m1 and m2 are int8 weights, c is the addend of xdecq,
 * and shift its factor with the shift from bit 16 on.
 */
#ifndef SUMS_H
#define SUMS_H

#include "add_layer.h"
#include "clip_lanes.h"

/* Words that are added at once. */
#define QUADS (XDECMAC_POSITIONS / 4)

/* Elements first to last - 1, one by one: products of all weights and factors fit 32 bits. */
XD_INLINE void add_elements(const struct add_layer *layer, uint32_t first, uint32_t last)
{
    const struct range range = {layer->lo, layer->hi};
    const int32_t factor = layer->shift & 0xffff, shift = layer->shift >> 16;
    for (; first < last; first++) {
        int32_t sum = layer->input[first] * layer->m1 + layer->second[first] * layer->m2;
        layer->output[first] = (int8_t)clip(cv_clip_int8(((sum * factor >> 16) + layer->c) >> shift), range);
    }
}

#if XDECIMATE_HARDWARE
#define MULTIPLY(base) "xdecmac.m1 %[weights], " base ", zero\n"
#if QUADS == 1
#define ADD_WORDS                   \
    MULTIPLY("%[x]") MULTIPLY("%[y]") \
    "addi %[x], %[x], 4\n"          \
    "addi %[y], %[y], 4\n"
#else
#define ADD_WORDS                                                                     \
    MULTIPLY("%[x]") MULTIPLY("%[x_next]") MULTIPLY("%[y]") MULTIPLY("%[y_next]")      \
    "addi %[x], %[x], 8\n"                                                            \
    "addi %[y], %[y], 8\n"                                                            \
    "addi %[x_next], %[x_next], 8\n"                                                  \
    "addi %[y_next], %[y_next], 8\n"                                                  \
    "xdecq t0, %[parameters], %[c]\n" CLIP_LANES("t0") "cv.sw t0, (%[out]), 4\n"
#endif
#endif

/* Whole words, times QUADS of them. The second word of an index is the other tensor's. */
XD_INLINE void add_words(const struct add_layer *layer, uint32_t first, uint32_t times)
{
    const int8_t *x = layer->input + first, *y = layer->second + first - 4;
    int8_t *out = layer->output + first;
    const uint32_t weights = (uint32_t)(layer->m1 & 0xff) | (uint32_t)(layer->m2 & 0xff) << 8;
    const uint32_t parameters = (uint32_t)layer->shift;
    const struct range range = {layer->lo, layer->hi};
    if (!times)
        return;
    for (unsigned quad = 0; quad < QUADS; quad++)
        (void)xdecq(0, 0); /* clears accumulators and the counter */
#if XDECIMATE_HARDWARE
    const int8_t *x_next = x + 4, *y_next = y + 4;
    (void)x_next, (void)y_next; /* but for eight positions */
    __asm__ volatile("cv.setup 0, %[times], 1f\n" ADD_WORDS
                     "xdecq t0, %[parameters], %[c]\n" CLIP_LANES("t0") "cv.sw t0, (%[out]), 4\n"
                     "1:"
                     : [x] "+r"(x), [y] "+r"(y), [x_next] "+r"(x_next), [y_next] "+r"(y_next), [out] "+r"(out)
                     : [times] "r"(times), [weights] "r"(weights), [parameters] "r"(parameters), [c] "r"(layer->c),
                       [lo] "r"(range.lo), [hi] "r"(range.hi)
                     : "t0", "memory");
#else
    for (; times; times--, x += 4 * QUADS, y += 4 * QUADS) {
        for (unsigned quad = 0; quad < QUADS; quad++)
            xdecmac_m1(weights, x + 4 * quad, 0);
        for (unsigned quad = 0; quad < QUADS; quad++)
            xdecmac_m1(weights, y + 4 * quad, 0);
        for (unsigned quad = 0; quad < QUADS; quad++) {
            uint32_t four = xdecq(parameters, layer->c);
            for (unsigned lane = 0; lane < 4; lane++)
                *out++ = (int8_t)clip((int8_t)(four >> 8 * lane), range);
        }
    }
#endif
}

XD_INLINE void add_sums(const struct add_layer *layer, uint32_t first, uint32_t last)
{
    uint32_t start = (first + 3) & ~UINT32_C(3);
    if (start > last)
        start = last;
    uint32_t times = (last - start) / (4 * QUADS);
    add_elements(layer, first, start);
    add_words(layer, start, times);
    add_elements(layer, start + 4 * QUADS * times, last);
}

#endif
