/* Dense convolution with xdecmac8, one filter by eight positions. */
#define XDECMAC_POSITIONS 8
#include "quads_of_bands.h"

conv_kernel KERNEL(conv_dense_xdecmac8);

void KERNEL(conv_dense_xdecmac8)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_quads(layer, im2col, first, last);
}
