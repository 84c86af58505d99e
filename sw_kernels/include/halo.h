/* Rows that the bands of an image share with their neighbours.
 *
 * Row r of the words of an image holds row r of each of its bands. A filter also reads rows above and below: row r + step
 * of a band of step rows is row r of the next one, whose byte is the next in the word. Bytes of rows outside the image are
 * padding; so are those of the last bands that lie past its end.
 */
#ifndef HALO_H
#define HALO_H

#include "xdecimate.h"

/* Selectors of shuffle2 for the bytes of a row that is distance bands away, of which bands have it; 4 is padding. */
XD_INLINE uint32_t lanes_of(int32_t distance, int32_t bands)
{
    uint32_t lanes = 0;
    for (int32_t lane = 3; lane >= 0; lane--) {
        int32_t band = lane + distance;
        lanes = lanes << 8 | (uint32_t)(band >= 0 && band < bands ? band : 4);
    }
    return lanes;
}

/* The selected bytes of from and of padding; from may be to. */
XD_INLINE void pick_lanes(int32_t *to, const int32_t *from, uint32_t words, int32_t lanes, int32_t padding)
{
#if XDECIMATE_HARDWARE
    uint32_t pairs = words / 2;
    if (pairs)
        __asm__ volatile("cv.setup 0, %[pairs], 1f\n"
                         "cv.lw t0, (%[from]), 4\n"
                         "cv.lw t1, (%[from]), 4\n"
                         "cv.shuffle2.b t0, %[padding], %[lanes]\n"
                         "cv.shuffle2.b t1, %[padding], %[lanes]\n"
                         "cv.sw t0, (%[to]), 4\n"
                         "cv.sw t1, (%[to]), 4\n"
                         "1:"
                         : [to] "+r"(to), [from] "+r"(from)
                         : [pairs] "r"(pairs), [padding] "r"(padding), [lanes] "r"(lanes)
                         : "t0", "t1", "memory");
    words %= 2;
#endif
    for (; words; words--)
        *to++ = cv_shuffle2_b(*from++, padding, lanes);
}

#endif
