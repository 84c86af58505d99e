/* What both layers' walks over tiles share. */
#ifndef TILES_H
#define TILES_H

#include "cluster.h"
#include "xdecimate.h"

XD_INLINE uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The count'th part of size, in whole steps, is from share(0) to share(1) - 1, and so on. */
XD_INLINE uint32_t share(uint32_t size, uint32_t step, uint32_t part, uint32_t count)
{
    uint32_t steps = (size + step - 1) / step;
    return least(part * ((steps + count - 1) / count) * step, size);
}

#endif
