/* Layers as the kernels read them.
 *
 * Activations are int8, HWC. Weights are int8, one row per output channel, in the order FY, FX, C with C innermost;
 * sparse rows hold the non-zero values, and indices are as sw_kernels/packing/packed.py lays them out. All arrays
 * start on a word; the kernels may read (and ignore) up to one patch past the end of the input and one row past
 * the end of weights and indices.
 *
 * Every output is clip((acc * mul + add) >> shift, lo, hi), where acc starts as bias. The requantization records,
 * one per output channel, depend on the kernel's tier: see requantize.h.
 */
#ifndef LAYER_H
#define LAYER_H

#include <stdint.h>

struct conv_layer {
    const int8_t *input;           /* iy x ix x c */
    const int8_t *weights;         /* k rows of row bytes */
    const uint32_t *indices;       /* sparse kernels only */
    const int32_t *requantization; /* k records */
    int8_t *output;                /* oy x ox x k */
    int32_t lo, hi;
    uint32_t c, k;
    uint32_t ix, iy; /* columns and rows of the input */
    uint32_t ox, oy; /* columns and rows of the output */
    uint32_t fx, fy; /* filter */
    uint32_t sx, sy; /* stride */
    uint32_t px, py; /* zero padding left and above; what ox and oy need beyond the input is zero too */
    uint32_t row;    /* bytes of a weight row, a multiple of 4 */
    uint32_t patch;  /* bytes of an im2col buffer, a multiple of 4: the reduction, padded */
};

struct linear_layer {
    const int8_t *input;           /* tokens x c */
    const int8_t *weights;         /* k rows of row bytes */
    const uint32_t *indices;       /* sparse kernels only */
    const int32_t *requantization; /* k records */
    int8_t *output;                /* tokens x k */
    int32_t lo, hi;
    uint32_t c, k, tokens;
    uint32_t row; /* bytes of a weight row, a multiple of 4 */
};

/* Convolution of output pixels first to last - 1, counted row by row, all channels: one core's share.
 * im2col is scratch memory of this core: 2 * patch bytes, 3 * patch for the software sparse kernels. */
typedef void conv_kernel(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last);

/* The two steps of a convolution, for callers that walk pixels and tiles of channels themselves: patches of the output
 * pixels pixel and, if it is less than last, pixel + 1; then all channels of layer for them, to out0 and out1. */
struct patches {
    const int8_t *x0, *x1;
    int8_t *scratch;
    int pair; /* there is a second pixel */
};
typedef struct patches conv_gather(const struct conv_layer *layer, int8_t *im2col, uint32_t pixel, uint32_t last);
typedef void conv_channels(const struct conv_layer *layer, const struct patches *patches, int8_t *out0, int8_t *out1);

/* Fully-connected layer, output channels first to last - 1 of all tokens: one core's share. first is even. */
typedef void linear_kernel(const struct linear_layer *layer, uint32_t first, uint32_t last);

/* Unroll a loop over channels: its branch and counter cost four cycles. On the cluster they stay rolled, for there the
 * loop must fit a core's fetch buffer: lines that are fetched again in every round cost more. */
#ifdef CLUSTER
#define UNROLL(times) _Pragma("GCC unroll 1")
#else
#define UNROLL(times) _Pragma(TEXT(GCC unroll times))
#endif

/* A kernel's source is compiled once per combination; its name says which, as in
 * conv_sparse_xdecimate_m8_narrow_relu. TIER is narrow, high or wide, CLIP is int8, relu or bounds. */
#define XD_JOIN_(name, tier, clip) name##_##tier##_##clip
#define XD_JOIN(name, tier, clip) XD_JOIN_(name, tier, clip)
#define XD_BLOCK_(name, m) name##_m##m
#define XD_BLOCK(name, m) XD_BLOCK_(name, m)
#define KERNEL(name) XD_JOIN(name, TIER, CLIP)
#define SPARSE_KERNEL(name) XD_JOIN(XD_BLOCK(name, M), TIER, CLIP)
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

#endif
