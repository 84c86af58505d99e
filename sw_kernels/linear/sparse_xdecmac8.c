/* Sparse fully-connected layer with xdecmac8, one filter by eight positions, compiled for M = 4, 8 or 16. */
#define XDECMAC_POSITIONS 8
#include "quads_of_tokens.h"

linear_kernel SPARSE_KERNEL(linear_sparse_xdecmac8);

void SPARSE_KERNEL(linear_sparse_xdecmac8)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    walk_quads(layer, first, last);
}
