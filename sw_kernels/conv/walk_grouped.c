#include "conv_transfers.h"

/* Channels of a tile: whole groups, or a part of one. */
struct channels {
    uint32_t first, count;
};

static struct channels channels_in(const struct conv_plan *plan, uint32_t tile, uint32_t group_k)
{
    const uint32_t size = plan->tile_k;
    if (size >= group_k)
        return (struct channels){tile * size, least(size, plan->layer.k - tile * size)};
    uint32_t parts = (group_k + size - 1) / size, within = tile % parts * size;
    return (struct channels){tile / parts * group_k + within, least(size, group_k - within)};
}

static dma_transfer load_channels(const struct conv_plan *plan, uint32_t tile, uint32_t group_k, uint32_t buffer)
{
    uint32_t channel = plan->layer.row + plan->index_bytes + plan->record_bytes;
    uint32_t bytes = channels_in(plan, tile, group_k).count * channel;
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

/* As cluster_conv, but a pair's patches are gathered for each group by itself. */
void cluster_conv_grouped(const struct conv_plan *plan, uint32_t cores)
{
    struct conv_layer layer = plan->layer;
    const uint32_t me = core_id(), k = layer.k, tiles = plan->tiles, group_k = k / layer.groups;
    int8_t *im2col = plan->im2col + me * plan->im2col_bytes;
    dma_transfer weights = 0, input[2] = {0, 0}, output[2] = {0, 0};
    if (me == 0) {
        input[0] = load_strip(plan, 0);
        weights = load_channels(plan, 0, group_k, 0);
        if (plan->strips > 1)
            input[1] = load_strip(plan, 1);
        dma_wait(input[0]);
    }
    team_barrier(); /* the first strip is here */
    uint32_t buffer = 1; /* the first tile turns it to 0 */
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        uint32_t first_row = strip * plan->strip_rows, last_row = least(first_row + plan->strip_rows, layer.oy);
        uint32_t first = first_row * layer.ox, last = last_row * layer.ox;
        int8_t *out = plan->output[strip % 2] - first * k;
        const int8_t *image = plan->input[strip % 2] - input_rows(&layer, first_row, last_row).first * layer.ix * layer.c;
        struct patches patches;
        for (uint32_t round = first; round < last; round += 2 * cores) {
            uint32_t pixel = round + 2 * me;
            for (uint32_t tile = 0; tile < tiles; tile++) {
                if (tiles > 1 || (strip == 0 && round == first)) {
                    int ends = strip + 1 == plan->strips && round + 2 * cores >= last && tile + 1 == tiles;
                    if (me == 0)
                        dma_wait(weights);
                    team_barrier(); /* the tile is here, and no core needs the one before any more */
                    buffer ^= 1;
                    if (me == 0 && tiles > 1 && !ends)
                        weights = load_channels(plan, tile + 1 == tiles ? 0 : tile + 1, group_k, buffer ^ 1);
                }
                if (pixel >= last)
                    continue;
                struct channels in = channels_in(plan, tile, group_k);
                for (uint32_t done = 0; done < in.count; done += layer.k) {
                    uint32_t channel = in.first + done, group = channel / group_k;
                    enter_channels(&layer, plan, plan->weights[buffer], in.count, done, least(group_k, in.count - done));
                    if (channel == group * group_k) {
                        layer.input = image + group * layer.group_c;
                        patches = plan->gather(&layer, im2col, pixel, last);
                    }
                    int8_t *out0 = out + pixel * k + channel;
                    plan->channels(&layer, &patches, out0, patches.pair ? out0 + k : out0);
                }
            }
        }
        if (me == 0 && strip + 1 < plan->strips) {
            dma_wait(input[(strip + 1) % 2]);
            if (strip > 0)
                dma_wait(output[(strip + 1) % 2]);
        }
        team_barrier(); /* the strip's output is whole, and what the next one needs is here */
        if (me == 0) {
            output[strip % 2] = dma_memcpy(plan->layer.output + first * k, plan->output[strip % 2], (last - first) * k);
            if (strip + 2 < plan->strips)
                input[strip % 2] = load_strip(plan, strip + 2);
        }
    }
    if (me == 0)
        for (uint32_t strip = plan->strips > 2 ? plan->strips - 2 : 0; strip < plan->strips; strip++)
            dma_wait(output[strip % 2]);
}
