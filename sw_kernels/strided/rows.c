/* Rows without gaps, two instructions a word. On a cluster the DMA moves them instead. */
#include "bytes.h"
#include "units.h"

strided_kernel strided_rows;

static void copy_row(const struct strided_layer *layer, const int8_t *from, int8_t *to, uint32_t rows)
{
    if (layer->axis[LAST_AXIS].from == 1 && rows == 1)
        copy_bytes(to, from, layer->axis[LAST_AXIS].count);
    else
        gather_rows(layer, from, to, rows);
}

void strided_rows(const struct strided_layer *layer, uint32_t first, uint32_t last)
{
    walk_units(layer, first, last, copy_row);
}
