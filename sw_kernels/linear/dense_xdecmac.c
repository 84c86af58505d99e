/* Dense fully-connected layer with xdecmac, one filter by four positions. */
#include "quads_of_tokens.h"

linear_kernel KERNEL(linear_dense_xdecmac);

void KERNEL(linear_dense_xdecmac)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    walk_quads(layer, first, last);
}
