/* Strips of tokens and tiles of weights, as the walks of fully-connected layers bring them to L1 and compute them. */
#ifndef LINEAR_TILES_H
#define LINEAR_TILES_H

#include "linear_plan.h"
#include "tiles.h"

/* Bytes of an activation. */
#ifndef ACTIVATION
#define ACTIVATION 1
#endif

static uint32_t tokens_of(const struct linear_plan *plan, uint32_t strip)
{
    return least(plan->strip_tokens, plan->layer.tokens - strip * plan->strip_tokens);
}

static uint32_t index_bytes_of(const struct linear_plan *plan, uint32_t channels)
{
    return ((channels + plan->index_shift) >> plan->index_shift) * plan->index_bytes;
}

static dma_transfer load_strip(const struct linear_plan *plan, uint32_t strip)
{
    uint32_t c = plan->layer.c * ACTIVATION;
    return dma_memcpy(plan->input[strip % 2], plan->layer.input + strip * plan->strip_tokens * c,
                      tokens_of(plan, strip) * c);
}

static dma_transfer load_tile(const struct linear_plan *plan, uint32_t tile, uint32_t buffer)
{
    const struct linear_tile *cut = &plan->tile[tile];
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + cut->offset, cut->bytes);
}

static dma_transfer store_tile(const struct linear_plan *plan, uint32_t strip, uint32_t tile, uint32_t buffer)
{
    const struct linear_layer *layer = &plan->layer;
    const struct linear_tile *cut = &plan->tile[tile];
    uint32_t pitch = layer->k * ACTIVATION, size = cut->channels * ACTIVATION;
    int8_t *to = layer->output + strip * plan->strip_tokens * pitch + cut->first * ACTIVATION;
    return dma_memcpy_2d(to, plan->output[buffer], size, tokens_of(plan, strip), pitch, size);
}

/* This core's share of a tile, whose tokens and outputs layer has. */
static void compute(const struct linear_plan *plan, struct linear_layer layer, const struct linear_tile *cut,
                    const int8_t *weights, uint32_t cores)
{
    uint32_t me = core_id(), channels = layer.k;
    if (plan->by_tokens) {
        uint32_t chunk = (layer.tokens + cores - 1) / cores, first = least(me * chunk, layer.tokens);
        layer.tokens = least(chunk, layer.tokens - first);
        layer.input += first * layer.c * ACTIVATION;
        layer.output += first * layer.k * ACTIVATION;
    } else {
        uint32_t first = least(me * cut->part_k, channels);
        channels = least(cut->part_k, channels - first);
        weights += me * cut->part_bytes;
        layer.output += first * ACTIVATION;
    }
    layer.weights = weights;
    layer.indices = (const uint32_t *)(weights + channels * layer.row);
    layer.requantization = (const int32_t *)((const int8_t *)layer.indices + index_bytes_of(plan, channels));
    if (channels && layer.tokens)
        plan->kernel(&layer, 0, channels);
}

#endif
