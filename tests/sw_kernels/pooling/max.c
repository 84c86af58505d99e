/* Max-pooling, output by output. */
#include "pooling_layer.h"
#include "xdecimate.h"

pooling_kernel pooling_max;

void pooling_max(const struct pooling_layer *layer, uint32_t first, uint32_t last)
{
    const uint32_t pitch = layer->ix * layer->c;
    int8_t *out = layer->output + first * layer->ox * layer->c;
    for (uint32_t oy = first; oy < last; oy++)
        for (uint32_t ox = 0; ox < layer->ox; ox++)
            for (uint32_t c = 0; c < layer->c; c++) {
                const int8_t *window = layer->input + oy * layer->sy * pitch + ox * layer->sx * layer->c + c;
                int32_t most = -128;
                for (uint32_t y = 0; y < layer->fy; y++)
                    for (uint32_t x = 0; x < layer->fx; x++)
                        most = cv_max(most, window[y * pitch + x * layer->c]);
                *out++ = (int8_t)most;
            }
}
