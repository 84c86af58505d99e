/* Output pixels two by two: the walk that all convolution kernels share. */
#ifndef PIXELS_H
#define PIXELS_H

#include "im2col.h"
#include "requantize.h"

/* All channels of two pixels, from their patches x0 and x1 to their outputs; scratch is for the kernel's own use. */
typedef void pair_kernel(const struct conv_layer *layer, const int8_t *x0, const int8_t *x1, int8_t *scratch,
                         int8_t *out0, int8_t *out1);

/* Where a pixel's patch is: in the input itself, or in buffer after im2col. */
XD_INLINE const int8_t *patch_of(const struct conv_layer *layer, int8_t *buffer, uint32_t oy, uint32_t ox, int direct)
{
    if (direct)
        return layer->input + (oy * layer->sy * layer->ix + ox * layer->sx) * layer->c;
    im2col(layer, buffer, oy, ox);
    return buffer;
}

XD_INLINE int reads_input(const struct conv_layer *layer, int word_loads)
{
    return layer->fx == 1 && layer->span_y == 1 && layer->px == 0 && layer->py == 0 && !(word_loads && layer->c % 4) &&
           !ends_in_padding(layer);
}

/* Pairs run across the ends of rows. A last pixel without a partner is its own partner: both halves of the pair
 * write the same values to the same place. word_loads: the kernel reads patches by words, so they want alignment. */
XD_INLINE void walk_pixels(const struct conv_layer *layer, int8_t *buffers, uint32_t first, uint32_t last,
                           int word_loads, pair_kernel *pair)
{
    uint32_t oy = first / layer->ox, ox = first % layer->ox, k = layer->k;
    int direct = reads_input(layer, word_loads);
    int8_t *out = layer->output + first * k;
    for (uint32_t pixel = first; pixel < last; pixel += 2, out += 2 * k) {
        const int8_t *x0 = patch_of(layer, buffers, oy, ox, direct), *x1 = x0;
        if (++ox == layer->ox)
            ox = 0, oy++;
        if (pixel + 1 < last)
            x1 = patch_of(layer, buffers + layer->patch, oy, ox, direct);
        if (++ox == layer->ox)
            ox = 0, oy++;
        pair(layer, x0, x1, buffers, out, pixel + 1 < last ? out + k : out);
    }
}

/* The patches of one pair, wherever it is. */
XD_INLINE struct patches gather(const struct conv_layer *layer, int8_t *buffers, uint32_t pixel, uint32_t last,
                                int word_loads)
{
    uint32_t oy = pixel / layer->ox, ox = pixel % layer->ox;
    int direct = reads_input(layer, word_loads);
    struct patches patches = {.scratch = buffers, .pair = pixel + 1 < last};
    patches.x1 = patches.x0 = patch_of(layer, buffers, oy, ox, direct);
    if (++ox == layer->ox)
        ox = 0, oy++;
    if (patches.pair)
        patches.x1 = patch_of(layer, buffers + layer->patch, oy, ox, direct);
    return patches;
}

/* Both steps of a kernel under the names GATHER and CHANNELS. */
#define CONV_STEPS(GATHER, CHANNELS, word_loads, pair)                                                       \
    conv_gather GATHER;                                                                                      \
    conv_channels CHANNELS;                                                                                  \
    struct patches GATHER(const struct conv_layer *layer, int8_t *im2col, uint32_t pixel, uint32_t last)     \
    {                                                                                                        \
        return gather(layer, im2col, pixel, last, word_loads);                                               \
    }                                                                                                        \
    void CHANNELS(const struct conv_layer *layer, const struct patches *patches, int8_t *out0, int8_t *out1) \
    {                                                                                                        \
        pair(layer, patches->x0, patches->x1, patches->scratch, out0, out1);                                 \
    }

XD_INLINE struct range range_of(const struct conv_layer *layer)
{
    return (struct range){layer->lo, layer->hi};
}

/* Requantize and store one channel of both pixels. */
XD_INLINE void store_pair(int32_t acc0, int32_t acc1, struct scaling scaling, struct range range, int8_t **out0,
                          int8_t **out1)
{
    int32_t value0 = requantize(acc0, scaling, range), value1 = requantize(acc1, scaling, range);
    cv_sb_next(out0, value0);
    cv_sb_next(out1, value1);
}

#endif
