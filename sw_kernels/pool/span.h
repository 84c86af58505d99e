/* Where windows lie along one axis. */
#ifndef SPAN_H
#define SPAN_H

#include "xdecimate.h"

/* Input positions inside the image: the first, and how many. */
struct span {
    uint32_t first, count;
};

/* Those that the outputs first to last - 1 read. */
XD_INLINE struct span span_of(uint32_t first, uint32_t last, uint32_t stride, uint32_t padding, uint32_t window,
                              uint32_t size)
{
    int32_t from = cv_max((int32_t)(first * stride) - (int32_t)padding, 0);
    int32_t to = cv_min((int32_t)((last - 1) * stride + window) - (int32_t)padding, (int32_t)size);
    return (struct span){(uint32_t)from, (uint32_t)(to - from)};
}

#endif
