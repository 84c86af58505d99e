/* Dense convolution with xdecmac8, one filter by eight positions. */
#define XDECMAC_POSITIONS 8
#include "quads_of_bands.h"

QUAD_KERNELS(KERNEL(conv_dense_xdecmac8), KERNEL(conv_dense_xdecmac8_runs), KERNEL(conv_dense_xdecmac8_quads))
