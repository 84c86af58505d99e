/* The walk of banded convolutions, of one group or, with GROUPED, of several. */
#ifndef BANDED_WALKS_H
#define BANDED_WALKS_H

#include "banded_rows.h"

/* Outputs that a step computes: a tile's channels of a strip's pixels. */
struct block {
    uint32_t first, pixels;
    uint32_t tile;
};

static uint32_t channels_of(const struct conv_banded_plan *plan, uint32_t tile)
{
    return least(plan->tile_k, plan->layer.k - tile * plan->tile_k);
}

static dma_transfer load_tile(const struct conv_banded_plan *plan, uint32_t tile, uint32_t buffer)
{
    uint32_t bytes = channels_of(plan, tile) * (plan->layer.row + plan->index_bytes + plan->record_bytes);
    return dma_memcpy(plan->weights[buffer], plan->layer.weights + tile * plan->tile_bytes, bytes);
}

static dma_transfer store_block(const struct conv_banded_plan *plan, struct block block, const int8_t *from)
{
    uint32_t pitch = 4 * plan->layer.k, bytes = 4 * channels_of(plan, block.tile);
    int8_t *to = plan->layer.output + block.first * pitch + 4 * block.tile * plan->tile_k;
    return dma_memcpy_2d(to, from, bytes, block.pixels, pitch, bytes);
}

/* A core's share of each block: a part of the channels of some of the pixels. */
struct share {
    uint32_t channel, pixel; /* the first ones */
    uint32_t column;         /* of the first pixel */
    uint32_t place;          /* of its input in the strip */
#if !IN_STEP
    uint32_t turn;           /* channels of the part that it computes last */
#endif
    struct conv_runs *runs;
};

/* The share moved to this first pixel. */
XD_INLINE void move_to(struct share *share, const struct conv_layer *layer, uint32_t pixel)
{
    const uint32_t row = pixel / layer->ox;
    share->pixel = pixel;
    share->column = pixel - row * layer->ox;
    share->place = 4 * (row * layer->sy * layer->ix + share->column * layer->sx) * layer->c;
}

static struct share share_of(const struct conv_banded_plan *plan)
{
    const struct conv_layer *layer = &plan->layer;
    const uint32_t me = core_id(), parts = plan->parts;
    struct share share = {.channel = me % parts * plan->part_k};
    move_to(&share, layer, me / parts * plan->chunk);
#if !IN_STEP
    share.turn = me / parts * plan->turn_k;
#endif
    share.runs = (struct conv_runs *)(plan->runs + me * plan->runs_bytes);
    plan->find_runs(layer, share.runs);
    return share;
}

/* Some channels of this core's share of a block, of one group if there are several: those from first on. */
XD_INLINE void compute_group(const struct conv_banded_plan *plan, struct conv_layer *layer, const struct share *share,
                             const int8_t *weights, int8_t *output, struct block block, uint32_t first, uint32_t count)
{
    const uint32_t channels = channels_of(plan, block.tile);
    const int8_t *indices = weights + channels * layer->row, *records = indices + channels * plan->index_bytes;
    layer->output = output + 4 * (share->pixel * channels + first);
    layer->k = count;
    layer->weights = weights + first * layer->row;
    layer->indices = (const uint32_t *)(indices + first * plan->index_bytes);
    layer->requantization = (const int32_t *)(records + first * plan->record_bytes);
    plan->quads(layer, share->runs, share->column, least(plan->chunk, block.pixels - share->pixel), channels);
}

/* The same of any groups. layer has the input of the first one. */
static void compute_channels(const struct conv_banded_plan *plan, struct conv_layer *layer, const struct share *share,
                             const int8_t *weights, int8_t *output, struct block block, uint32_t first, uint32_t count)
{
#if GROUPED
    const uint32_t group_k = plan->layer.k / layer->groups, begin = block.tile * plan->tile_k, end = first + count;
    const int8_t *input = layer->input;
    for (uint32_t next; first < end; first = next) {
        const uint32_t group = (begin + first) / group_k;
        next = least((group + 1) * group_k - begin, end);
        layer->input = input + 4 * group * layer->group_c;
        compute_group(plan, layer, share, weights, output, block, first, next - first);
    }
    layer->input = input;
#else
    compute_group(plan, layer, share, weights, output, block, first, count);
#endif
}

#if IN_STEP
/* This core's share of a block, whose tile and outputs are in L1. layer has the input of the share's first pixel.
 *
 * In a round, cores compute neighbouring pixels, the same channels of them in step: what they access in a cycle is one
 * word, or words of different banks. A core that has none of the channels or no pixel meets the others nevertheless.
 */
static void compute(const struct conv_banded_plan *plan, struct conv_layer *layer, const struct share *share,
                    const int8_t *weights, int8_t *output, struct block block)
{
    const uint32_t channels = channels_of(plan, block.tile), most = least(plan->part_k, channels);
    const uint32_t meetings = layer->ox % plan->chunk ? plan->chunk : 1; /* pixels of two rows are not computed together */
    const int8_t *strip = layer->input - share->place;
    struct share own = *share;
    for (uint32_t round = 0; round < block.pixels; round += plan->apart) {
        uint32_t met = 0;
        move_to(&own, layer, round + share->pixel);
        if (own.channel < channels && own.pixel < block.pixels) {
            const uint32_t count = least(most, channels - own.channel), pixels = least(plan->chunk, block.pixels - own.pixel);
            layer->input = strip + own.place;
            compute_channels(plan, layer, &own, weights, output, block, own.channel, count);
            met = own.column + pixels > layer->ox ? pixels * count : count;
        }
        for (; met < meetings * most; met++)
            team_barrier();
    }
    layer->input = strip + share->place;
}
#else
/* This core's share of a block, whose tile and outputs are in L1. layer has the input of the share's first pixel.
 *
 * Each core begins with other channels. Cores that compute the same ones in step read banks in the same order, and where
 * they meet in one bank they meet again in the next.
 */
static void compute(const struct conv_banded_plan *plan, struct conv_layer *layer, const struct share *share,
                    const int8_t *weights, int8_t *output, struct block block)
{
    const uint32_t channels = channels_of(plan, block.tile);
    if (share->channel >= channels || share->pixel >= block.pixels)
        return;
    uint32_t count = least(plan->part_k, channels - share->channel), turn = share->turn < count ? share->turn : 0;
    compute_channels(plan, layer, share, weights, output, block, share->channel + turn, count - turn);
    if (turn)
        compute_channels(plan, layer, share, weights, output, block, share->channel, turn);
}
#endif

XD_INLINE void walk_bands(const struct conv_banded_plan *plan, uint32_t cores)
{
    const uint32_t tiles = plan->tiles;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = core_id() == 0, storer = core_id() == cores - 1;
    /* Where there is one buffer, what comes next can only come when no core needs what is in it. */
    const int one_input = plan->input[0] == plan->input[1];
    const int one_tile = tiles > 1 && plan->weights[0] == plan->weights[1];
    dma_transfer weights = 0, input = 0, output[2] = {0, 0};
    struct block block = {0, 0, 0};
    struct conv_layer layer = plan->layer;
    uint32_t step = 0;
    if (loader) {
        input = load_strip(plan, 0);
        weights = load_tile(plan, 0, 0);
    }
    fill_sides(plan, cores);
    const struct share share = share_of(plan);
    for (uint32_t strip = 0; strip < plan->strips; strip++) {
        const int last_strip = strip + 1 == plan->strips;
        uint32_t row = strip * plan->strip_rows, rows = least(plan->strip_rows, plan->layer.oy - row);
        if (loader)
            dma_wait(input);
        team_barrier(); /* what is loaded of the strip is here, and no core needs the strip before any more */
        complete_strip(plan, strip, cores);
        layer.input = plan->input[strip % 2] + share.place;
        for (uint32_t tile = 0; tile < tiles; tile++, step++) {
            const int ends = last_strip && tile + 1 == tiles;
            uint32_t next = tile + 1 == tiles ? 0 : tile + 1, buffer = step % 2;
            if (loader && (tiles > 1 || step == 0))
                dma_wait(weights);
            if (storer && step >= 2)
                dma_wait(output[step % 2]);
            team_barrier(); /* strip and tile are here; the step before is done, and the outputs of the one before left */
            if (loader && tiles > 1 && !one_tile && !ends)
                weights = load_tile(plan, next, buffer ^ 1);
            if (loader && tile == 0 && !one_input && !last_strip)
                input = load_strip(plan, strip + 1);
            if (storer && step > 0)
                output[(step - 1) % 2] = store_block(plan, block, plan->output[(step - 1) % 2]);
            block = (struct block){row * plan->layer.ox, rows * plan->layer.ox, tile};
            compute(plan, &layer, &share, plan->weights[buffer], plan->output[step % 2], block);
            if (one_tile && !ends) {
                team_barrier(); /* no core needs the tile any more */
                if (loader)
                    weights = load_tile(plan, next, 0);
            }
        }
        if (one_input && !last_strip) {
            team_barrier(); /* no core needs the strip any more */
            if (loader)
                input = load_strip(plan, strip + 1);
        }
    }
    team_barrier(); /* the last step is done */
    if (storer) {
        output[(step - 1) % 2] = store_block(plan, block, plan->output[(step - 1) % 2]);
        dma_wait(output[(step - 1) % 2]); /* it is the last to end */
    }
}

#endif
