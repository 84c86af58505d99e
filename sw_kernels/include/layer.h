/* Layers as the kernels read them: what all operators share. An operator's struct is in its own folder.
 *
 * Activations are int8, HWC. Weights are int8, one row per output channel, in the order FY, FX, C with C innermost;
 * sparse rows hold the non-zero values, and indices are as sw_kernels/packing/layouts.py lays them out. All arrays
 * start on a word; the kernels may read (and ignore) up to one patch past the end of the input and one row past
 * the end of weights and indices.
 *
 * Every output is clip((acc * mul + add) >> shift, lo, hi), where acc starts as bias. The requantization records,
 * one per output channel, depend on the kernel's tier: see requantize.h.
 */
#ifndef LAYER_H
#define LAYER_H

#include <stdint.h>

/* Unroll a loop over channels: its branch and counter cost four cycles. On the cluster they stay rolled, for there the
 * loop must fit a core's fetch buffer: lines that are fetched again in every round cost more. */
#ifdef CLUSTER
#define UNROLL(times) _Pragma("GCC unroll 1")
#else
#define UNROLL(times) _Pragma(TEXT(GCC unroll times))
#endif

/* A kernel's source is compiled once per combination; its name says which, as in
 * conv_sparse_xdecimate_m8_narrow_relu. TIER is narrow, high, wide or short, CLIP is int8, relu or bounds; some kernels
 * have but one of them, or none. What more there is to choose, an operator has behind them. */
#define XD_JOIN_(name, part) name##_##part
#define XD_JOIN(name, part) XD_JOIN_(name, part)
#define XD_BLOCK_(name, m) name##_m##m
#define XD_BLOCK(name, m) XD_BLOCK_(name, m)
#define XD_ARITHMETIC(name) XD_JOIN(XD_JOIN(name, TIER), CLIP)
#ifdef WINDOW
#define KERNEL(name) XD_JOIN(XD_ARITHMETIC(name), WINDOW)
#else
#define KERNEL(name) XD_ARITHMETIC(name)
#endif
#define SPARSE_KERNEL(name) KERNEL(XD_BLOCK(name, M))
#define CLIPPED_KERNEL(name) XD_JOIN(name, CLIP)
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

#endif
