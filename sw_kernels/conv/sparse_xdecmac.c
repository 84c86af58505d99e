/* Sparse convolution with xdecmac, one filter by four positions, compiled for M = 4, 8 or 16. */
#include "quads_of_bands.h"

conv_kernel SPARSE_KERNEL(conv_sparse_xdecmac);

void SPARSE_KERNEL(conv_sparse_xdecmac)(const struct conv_layer *layer, int8_t *im2col, uint32_t first, uint32_t last)
{
    walk_quads(layer, im2col, first, last);
}
