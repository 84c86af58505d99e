/* Sparse fully-connected layer with xdecmac, one filter by four positions, compiled for M = 4, 8 or 16. */
#include "quads_of_tokens.h"

linear_kernel SPARSE_KERNEL(linear_sparse_xdecmac);

void SPARSE_KERNEL(linear_sparse_xdecmac)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    walk_quads(layer, first, last);
}
