/* Sparse convolution with xdecmac, one filter by four positions, compiled for M = 4, 8 or 16. */
#include "quads_of_bands.h"

QUAD_KERNELS(SPARSE_KERNEL(conv_sparse_xdecmac), SPARSE_KERNEL(conv_sparse_xdecmac_runs), SPARSE_KERNEL(conv_sparse_xdecmac_quads))
