/* Tiles of output channels, as the walks of one group bring their weights to L1. */
#ifndef CONV_TILES_H
#define CONV_TILES_H

#include "conv_plan.h"
#include "tiles.h"

static uint32_t channels_of(const struct conv_plan *plan, uint32_t tile)
{
    return least(plan->tile_k, plan->layer.k - tile * plan->tile_k);
}

static dma_transfer load_tile(const struct conv_plan *plan, uint32_t tile, uint32_t buffer)
{
    uint32_t bytes = channels_of(plan, tile) * (plan->layer.row + plan->index_bytes + plan->record_bytes);
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + tile * plan->tile_bytes, bytes);
}

/* The layer as a tile sees it: its channels, their weights where they lie in L1. */
static void enter_tile(struct conv_layer *layer, const struct conv_plan *plan, uint32_t tile, uint32_t buffer)
{
    layer->k = channels_of(plan, tile);
    layer->weights = plan->weights[buffer];
    layer->indices = (const uint32_t *)(layer->weights + layer->k * layer->row);
    layer->requantization = (const int32_t *)((const int8_t *)layer->indices + layer->k * plan->index_bytes);
}

#endif
