#include "linear_plan.h"

#include "bytes.h"
#include "tiles.h"

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
    uint32_t c = plan->layer.c;
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
    int8_t *to = layer->output + strip * plan->strip_tokens * layer->k + cut->first;
    return dma_memcpy_2d(to, plan->output[buffer], cut->channels, tokens_of(plan, strip), layer->k, cut->channels);
}

/* This core's share of a tile, whose tokens and outputs layer has. */
static void compute(const struct linear_plan *plan, struct linear_layer layer, const struct linear_tile *cut,
                    const int8_t *weights, uint32_t cores)
{
    uint32_t me = core_id(), channels = layer.k;
    if (plan->by_tokens) {
        uint32_t chunk = (layer.tokens + cores - 1) / cores, first = least(me * chunk, layer.tokens);
        layer.tokens = least(chunk, layer.tokens - first);
        layer.input += first * layer.c;
        layer.output += first * layer.k;
    } else {
        uint32_t first = least(me * cut->part_k, channels);
        channels = least(cut->part_k, channels - first);
        weights += me * cut->part_bytes;
        layer.output += first;
    }
    layer.weights = weights;
    layer.indices = (const uint32_t *)(weights + channels * layer.row);
    layer.requantization = (const int32_t *)((const int8_t *)layer.indices + index_bytes_of(plan, channels));
    if (channels && layer.tokens)
        plan->kernel(&layer, 0, channels);
}

void cluster_linear(const struct linear_plan *plan, uint32_t cores)
{
    struct linear_layer layer = plan->layer;
    const uint32_t me = core_id(), tiles = plan->tiles, steps = plan->strips * tiles;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    /* Their transfers: the next step's weights, this and the next strip's input; the output of two steps. */
    dma_transfer weights = 0, input[2] = {0, 0}, output[2] = {0, 0};
    if (loader) {
        input[0] = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
    }
    uint32_t strip = 0, tile = 0;
    for (uint32_t step = 0; step <= steps; step++) {
        int loads = tiles > 1 || step == 0;
        uint32_t buffer = tiles > 1 ? step % 2 : 0;
        if (loader && step < steps && tile == 0)
            dma_wait(input[strip % 2]);
        if (plan->copy_bytes && step < steps && tile == 0) {
            team_barrier(); /* the tokens are here; the weights are on their way */
            copy_bytes(plan->copies + me * plan->copy_bytes, plan->input[strip % 2], tokens_of(plan, strip) * layer.c);
        }
        if (loader && step < steps && loads)
            dma_wait(weights);
        if (storer && step >= 2)
            dma_wait(output[step % 2]);
        team_barrier(); /* this step's operands are here; the step before is done */
        if (loader) {
            if (step + 1 < steps && tiles > 1)
                weights = load_tile(plan, tile + 1 == tiles ? 0 : tile + 1, buffer ^ 1);
            if (tile == 0 && step < steps && strip + 1 < plan->strips)
                input[(strip + 1) % 2] = load_strip(plan, strip + 1);
        }
        if (storer && step > 0)
            output[(step - 1) % 2] = store_tile(plan, tile ? strip : strip - 1, tile ? tile - 1 : tiles - 1,
                                                (step - 1) % 2);
        if (step == steps)
            break;
        layer.input = plan->copy_bytes ? plan->copies + me * plan->copy_bytes : plan->input[strip % 2];
        layer.output = plan->output[step % 2];
        layer.tokens = tokens_of(plan, strip);
        layer.k = plan->tile[tile].channels;
        compute(plan, layer, &plan->tile[tile], plan->weights[buffer], cores);
        if (++tile == tiles)
            tile = 0, strip++;
    }
    if (storer) {
        dma_wait(output[(steps - 1) % 2]);
        if (steps > 1)
            dma_wait(output[steps % 2]);
    }
}
