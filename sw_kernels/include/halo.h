/* Rows that the bands of an image share with their neighbours.
 *
 * A layer writes the rows of its own of each band. The rows above and below are those of the neighbours, a byte further
 * in their words, and beyond the image they are padding. So are rows of the last bands that lie past the image's end,
 * which the layer has computed from padding. Columns of padding are never written, and stay as they are.
 */
#ifndef HALO_H
#define HALO_H

#include <stdint.h>

#include "xdecimate.h"

struct halo {
    uint32_t row_words;   /* of a row, padding included */
    uint32_t rows, top;   /* rows of words, and those above a band's own */
    uint32_t step;        /* a band's own rows: a quarter of height, rounded up */
    uint32_t height;      /* rows of the image */
    int8_t pad;           /* value of the padding */
};

/* to = from << up >> down | padding; from may be to. */
XD_INLINE void shift_row(uint32_t *to, const uint32_t *from, uint32_t words, unsigned up, unsigned down,
                         uint32_t padding)
{
    for (; words; words--)
        *to++ = *from++ << up >> down | padding;
}

/* Make the image that the next layer reads of one whose bands' own rows have been computed. */
XD_INLINE void exchange_halo(uint32_t *image, const struct halo *halo)
{
    const uint32_t words = halo->row_words, fours = (uint8_t)halo->pad * UINT32_C(0x01010101);
    for (uint32_t row = 0; row < halo->step; row++) {
        uint32_t inside = (halo->height - row + halo->step - 1) / halo->step; /* bands with the row: one at least */
        uint32_t *own = image + (halo->top + row) * words;
        if (inside < 4)
            shift_row(own, own, words, 32 - 8 * inside, 32 - 8 * inside, fours << 8 * inside);
    }
    for (uint32_t row = halo->top; row-- > 0;)
        shift_row(image + row * words, image + (row + halo->step) * words, words, 8, 0, fours & 0xff);
    for (uint32_t row = halo->top + halo->step; row < halo->rows; row++)
        shift_row(image + row * words, image + (row - halo->step) * words, words, 0, 8, fours & 0xff000000);
}

#endif
