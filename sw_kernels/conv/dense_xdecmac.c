/* Dense convolution with xdecmac, one filter by four positions. */
#include "quads_of_bands.h"

conv_kernel KERNEL(conv_dense_xdecmac);

void KERNEL(conv_dense_xdecmac)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_quads(layer, im2col, first, last);
}
