/* Strips of input rows, as the convolution's walks bring them to L1. */
#ifndef CONV_TRANSFERS_H
#define CONV_TRANSFERS_H

#include "conv_plan.h"
#include "tiles.h"

/* Input rows that output rows first to last - 1 read: the first of them, and how many. */
struct rows {
    uint32_t first, count;
};

static struct rows input_rows(const struct conv_layer *layer, uint32_t first, uint32_t last)
{
    int32_t from = cv_max((int32_t)(first * layer->sy) - (int32_t)layer->py, 0);
    int32_t to = cv_min((int32_t)((last - 1) * layer->sy + layer->span_y) - (int32_t)layer->py, (int32_t)layer->iy);
    return (struct rows){(uint32_t)from, (uint32_t)cv_max(to - from, 0)};
}

static dma_transfer load_strip(const struct conv_plan *plan, uint32_t strip)
{
    const struct conv_layer *layer = &plan->layer;
    uint32_t first = strip * plan->strip_rows, pitch = layer->ix * layer->c;
    struct rows rows = input_rows(layer, first, least(first + plan->strip_rows, layer->oy));
    return dma_memcpy(plan->input[strip % 2], layer->input + rows.first * pitch, rows.count * pitch);
}

#endif
