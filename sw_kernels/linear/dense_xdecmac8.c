/* Dense fully-connected layer with xdecmac8, one filter by eight positions. */
#define XDECMAC_POSITIONS 8
#include "quads_of_tokens.h"

linear_kernel KERNEL(linear_dense_xdecmac8);

void KERNEL(linear_dense_xdecmac8)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    walk_quads(layer, first, last);
}
