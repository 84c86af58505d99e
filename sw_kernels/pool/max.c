/* Max-pooling: two instructions for four channels of a position. */
#include "windows.h"

XD_INLINE int32_t group(const struct pool_layer *layer, const struct window *window, const int8_t *start)
{
    int32_t most = LANES_MIN;
    (void)layer;
    for (uint32_t y = 0; y < window->rows; y++, start += window->pitch) {
        const int8_t *x = start;
        most = max_lanes(most, &x, window->step, window->columns);
    }
    return most;
}

pool_kernel pool_max;

void pool_max(const struct pool_layer *layer, uint32_t first, uint32_t last)
{
    walk_windows(layer, first, last, group);
}
