/* Row by row, two instructions a word. On a cluster the DMA moves them instead. */
#include "bytes.h"
#include "concat_layer.h"

concat_kernel concat_rows;

void concat_rows(const struct concat_layer *layer, uint32_t first, uint32_t last)
{
    uint32_t width = 0;
    for (uint32_t part = 0; part < layer->parts; part++)
        width += layer->bytes[part];
    int8_t *to = layer->output + first * width;
    for (; first < last; first++)
        for (uint32_t part = 0; part < layer->parts; part++) {
            uint32_t bytes = layer->bytes[part];
            to = copy_bytes(to, layer->inputs[part] + first * bytes, bytes);
        }
}
