/* exchange_halo as a function of its own. */
#include "halo.h"

void halo(uint32_t *image, uint32_t row_words, uint32_t rows, uint32_t top, uint32_t step, uint32_t height, int32_t pad);

void halo(uint32_t *image, uint32_t row_words, uint32_t rows, uint32_t top, uint32_t step, uint32_t height, int32_t pad)
{
    const struct halo halo = {row_words, rows, top, step, height, (int8_t)pad};
    exchange_halo(image, &halo);
}
