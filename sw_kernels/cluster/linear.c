#include "linear.h"

#include "tiles.h"

static uint32_t tokens_of(const struct linear_plan *plan, uint32_t strip)
{
    return least(plan->strip_tokens, plan->layer.tokens - strip * plan->strip_tokens);
}

static uint32_t channels_of(const struct linear_plan *plan, uint32_t tile)
{
    return least(plan->tile_k, plan->layer.k - tile * plan->tile_k);
}

static uint32_t index_bytes_of(const struct linear_plan *plan, uint32_t channels)
{
    return (channels + plan->index_channels - 1) / plan->index_channels * plan->index_bytes;
}

static dma_transfer load_strip(const struct linear_plan *plan, uint32_t strip)
{
    uint32_t c = plan->layer.c;
    return dma_memcpy(plan->input[strip % 2], plan->layer.input + strip * plan->strip_tokens * c,
                      tokens_of(plan, strip) * c);
}

static dma_transfer load_tile(const struct linear_plan *plan, uint32_t tile, uint32_t buffer)
{
    uint32_t channels = channels_of(plan, tile);
    uint32_t bytes = channels * (plan->layer.row + plan->record_bytes) + index_bytes_of(plan, channels);
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + tile * plan->tile_bytes, bytes);
}

static dma_transfer store_tile(const struct linear_plan *plan, uint32_t strip, uint32_t tile, uint32_t buffer)
{
    const struct linear_layer *layer = &plan->layer;
    uint32_t channels = channels_of(plan, tile);
    int8_t *to = layer->output + strip * plan->strip_tokens * layer->k + tile * plan->tile_k;
    return dma_memcpy_2d(to, plan->output[buffer], channels, tokens_of(plan, strip), layer->k, channels);
}

/* This core's share of a tile. */
static void compute(const struct linear_plan *plan, struct linear_layer layer, uint32_t channels, uint32_t cores)
{
    uint32_t me = core_id(), first = 0, last = channels;
    if (plan->by_tokens) {
        uint32_t token = share(layer.tokens, 1, me, cores);
        layer.tokens = share(layer.tokens, 1, me + 1, cores) - token;
        layer.input += token * layer.c;
        layer.output += token * layer.k;
    } else {
        first = share(channels, 2, me, cores);
        last = share(channels, 2, me + 1, cores);
    }
    if (first < last && layer.tokens)
        plan->kernel(&layer, first, last);
}

void cluster_linear(const struct linear_plan *plan, uint32_t cores)
{
    struct linear_layer layer = plan->layer;
    const uint32_t me = core_id(), tiles = plan->tiles, steps = plan->strips * tiles;
    /* Transfers of core 0: the next step's weights, this and the next strip's input, the output of two steps. */
    dma_transfer weights = 0, input[2] = {0, 0}, output[2] = {0, 0};
    if (me == 0) {
        input[0] = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
    }
    uint32_t strip = 0, tile = 0;
    for (uint32_t step = 0; step <= steps; step++) {
        int loads = tiles > 1 || step == 0;
        uint32_t buffer = tiles > 1 ? step % 2 : 0;
        if (me == 0 && step < steps) {
            if (tile == 0)
                dma_wait(input[strip % 2]);
            if (loads)
                dma_wait(weights);
            if (step >= 2)
                dma_wait(output[step % 2]);
        }
        team_barrier(); /* this step's operands are here; the step before is done */
        if (me == 0) {
            if (step + 1 < steps && tiles > 1)
                weights = load_tile(plan, tile + 1 == tiles ? 0 : tile + 1, buffer ^ 1);
            if (tile == 0 && step < steps && strip + 1 < plan->strips)
                input[(strip + 1) % 2] = load_strip(plan, strip + 1);
            if (step > 0)
                output[(step - 1) % 2] = store_tile(plan, tile ? strip : strip - 1, tile ? tile - 1 : tiles - 1,
                                                    (step - 1) % 2);
        }
        if (step == steps)
            break;
        uint32_t channels = channels_of(plan, tile);
        layer.input = plan->input[strip % 2];
        layer.output = plan->output[step % 2];
        layer.tokens = tokens_of(plan, strip);
        layer.k = channels;
        layer.weights = plan->weights[buffer];
        layer.indices = (const uint32_t *)(layer.weights + channels * layer.row);
        layer.requantization =
            (const int32_t *)((const int8_t *)layer.indices + index_bytes_of(plan, channels));
        compute(plan, layer, channels, cores);
        if (++tile == tiles)
            tile = 0, strip++;
    }
    if (me == 0) {
        dma_wait(output[(steps - 1) % 2]);
        if (steps > 1)
            dma_wait(output[steps % 2]);
    }
}
