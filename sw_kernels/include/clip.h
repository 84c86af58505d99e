/* The output range of a kernel, compiled for one CLIP: int8, relu (0..127) or bounds (lo..hi). */
#ifndef CLIP_H
#define CLIP_H

#include "layer.h"
#include "xdecimate.h"

#define XD_IS_int8 0
#define XD_IS_relu 1
#define XD_IS_bounds 2
#define XD_IS_(name) XD_IS_##name
#define XD_IS(name) XD_IS_(name)

struct range {
    int32_t lo, hi;
};

XD_INLINE int32_t clip(int32_t value, struct range range)
{
#if XD_IS(CLIP) == XD_IS_int8
    (void)range;
    return cv_clip_int8(value);
#elif XD_IS(CLIP) == XD_IS_relu
    (void)range;
    return cv_clipu_int8(value);
#else
    return cv_min(cv_max(value, range.lo), range.hi);
#endif
}

/* The same as assembly, for statements whose operands lo and hi are the range. */
#if XD_IS(CLIP) == XD_IS_int8
#define CLIP_ASM(value) "cv.clip " value ", " value ", 8\n"
#elif XD_IS(CLIP) == XD_IS_relu
#define CLIP_ASM(value) "cv.clipu " value ", " value ", 8\n"
#else
#define CLIP_ASM(value) "cv.max " value ", " value ", %[lo]\ncv.min " value ", " value ", %[hi]\n"
#endif

#endif
