#include "concat_plan.h"

#include "tiles.h"
#include "transfers.h"

void cluster_concat(const struct concat_plan *plan, uint32_t cores)
{
    const struct concat_layer *layer = &plan->layer;
    struct transfers transfers = {0};
    uint32_t width = 0;
    (void)cores;
    if (core_id() != 0)
        return;
    for (uint32_t part = 0; part < layer->parts; part++)
        width += layer->bytes[part];
    for (uint32_t first = 0; first < layer->rows; first += plan->strip_rows) {
        uint32_t rows = least(plan->strip_rows, layer->rows - first);
        int8_t *to = plan->buffer;
        for (uint32_t part = 0; part < layer->parts; part++) {
            uint32_t bytes = layer->bytes[part];
            make_room(&transfers);
            add(&transfers, dma_memcpy_2d(to, layer->inputs[part] + first * bytes, bytes, rows, width, bytes));
            to += bytes;
        }
        make_room(&transfers);
        add(&transfers, dma_memcpy(layer->output + first * width, plan->buffer, rows * width));
    }
    finish(&transfers);
}
