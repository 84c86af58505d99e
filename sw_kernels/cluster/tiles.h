/* What the operators' walks over tiles share. */
#ifndef TILES_H
#define TILES_H

#include "cluster.h"
#include "xdecimate.h"

XD_INLINE uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

#endif
