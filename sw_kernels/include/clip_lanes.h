/* The output range of a kernel, in assembly, for the four bytes of a word that xdecq made; the operands lo and hi are it. */
#ifndef CLIP_LANES_H
#define CLIP_LANES_H

#include "clip.h"

#if XD_IS(CLIP) == XD_IS_int8
#define CLIP_LANES(four)
#elif XD_IS(CLIP) == XD_IS_relu
#define CLIP_LANES(four) "cv.max.b " four ", " four ", zero\n"
#else
#define CLIP_LANES(four) "cv.max.sc.b " four ", " four ", %[lo]\ncv.min.sc.b " four ", " four ", %[hi]\n"
#endif

#endif
