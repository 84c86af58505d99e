/* Sparse convolution with xdecmac8, one filter by eight positions, compiled for M = 4, 8 or 16. */
#define XDECMAC_POSITIONS 8
#include "quads_of_bands.h"

QUAD_KERNELS(SPARSE_KERNEL(conv_sparse_xdecmac8), SPARSE_KERNEL(conv_sparse_xdecmac8_runs), SPARSE_KERNEL(conv_sparse_xdecmac8_quads))
