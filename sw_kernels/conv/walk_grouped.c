#include "walk_strips.h"

/* Channels of a tile: whole groups, or a part of one. */
struct channels {
    uint32_t first, count;
};

static uint32_t group_channels(const struct conv_plan *plan)
{
    return plan->layer.k / plan->layer.groups;
}

static struct channels channels_in(const struct conv_plan *plan, uint32_t tile)
{
    const uint32_t size = plan->tile_k, group_k = group_channels(plan);
    if (size >= group_k)
        return (struct channels){tile * size, least(size, plan->layer.k - tile * size)};
    uint32_t parts = (group_k + size - 1) / size, within = tile % parts * size;
    return (struct channels){tile / parts * group_k + within, least(size, group_k - within)};
}

static dma_transfer load_channels(const struct conv_plan *plan, uint32_t tile, uint32_t buffer)
{
    uint32_t channel = plan->layer.row + plan->index_bytes + plan->record_bytes;
    uint32_t bytes = channels_in(plan, tile).count * channel;
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + tile * plan->tile_bytes, bytes);
}

/* The layer as some channels of a tile see it. */
static void enter_channels(struct conv_layer *layer, const struct conv_plan *plan, const int8_t *tile, uint32_t tile_k,
                           uint32_t first, uint32_t count)
{
    const int8_t *indices = tile + tile_k * layer->row, *records = indices + tile_k * plan->index_bytes;
    layer->k = count;
    layer->weights = tile + first * layer->row;
    layer->indices = (const uint32_t *)(indices + first * plan->index_bytes);
    layer->requantization = (const int32_t *)(records + first * plan->record_bytes);
}

/* Nothing: each group's patches are gathered by itself. */
XD_INLINE void begin(struct pair pair)
{
    (void)pair;
}

XD_INLINE void compute(struct pair pair, uint32_t tile, uint32_t buffer)
{
    const struct conv_plan *plan = pair.plan;
    const uint32_t group_k = group_channels(plan);
    struct channels in = channels_in(plan, tile);
    for (uint32_t done = 0; done < in.count; done += pair.layer->k) {
        uint32_t channel = in.first + done, group = channel / group_k;
        enter_channels(pair.layer, plan, plan->weights[buffer], in.count, done, least(group_k, in.count - done));
        if (channel == group * group_k) {
            pair.layer->input = pair.image + group * pair.layer->group_c;
            *pair.patches = plan->gather(pair.layer, pair.im2col, pair.pixel, pair.last);
        }
        compute_channels(pair, channel);
    }
}

void cluster_conv_grouped(const struct conv_plan *plan, uint32_t cores)
{
    walk_strips(plan, cores, load_channels, begin, compute);
}
