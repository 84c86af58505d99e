/* Addition with xdecmac8, eight elements at a time. */
#define XDECMAC_POSITIONS 8
#include "sums.h"

add_kernel CLIPPED_KERNEL(add_sums_xdecmac8);

void CLIPPED_KERNEL(add_sums_xdecmac8)(const struct add_layer *layer, uint32_t first, uint32_t last)
{
    add_sums(layer, first, last);
}
