/* Addition with xdecmac, four elements at a time. */
#include "sums.h"

add_kernel CLIPPED_KERNEL(add_sums_xdecmac);

void CLIPPED_KERNEL(add_sums_xdecmac)(const struct add_layer *layer, uint32_t first, uint32_t last)
{
    add_sums(layer, first, last);
}
