/* Element by element: 7 instructions for 4. */
#include "units.h"

strided_kernel strided_elements;

void strided_elements(const struct strided_layer *layer, uint32_t first, uint32_t last)
{
    walk_units(layer, first, last, gather_rows);
}
