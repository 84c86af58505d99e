/* Dense convolution with xdecmac, one filter by four positions. */
#include "quads_of_bands.h"

QUAD_KERNELS(KERNEL(conv_dense_xdecmac), KERNEL(conv_dense_xdecmac_runs), KERNEL(conv_dense_xdecmac_quads))
