/* Four output pixels at a time, one of each band: the walk of the convolution kernels that read banded inputs.
 *
 * The layer is that of a band. Its padding lies in the input; ix and iy have it too. Rows of the filter, or with
 * dilation or groups its columns, are the runs of quads.h. The kernels compute one group, where input points to it.
 */
#ifndef QUADS_OF_BANDS_H
#define QUADS_OF_BANDS_H

/* The walk on a cluster counts the barriers. */
#define MEETS IN_STEP

#include "conv_banded_plan.h"
#include "quads.h"

/* Channels of a pixel that the filter reads; with WINDOW the convolution has groups. */
#ifdef WINDOW
#define GROUP_CHANNELS(layer) ((layer)->group_c)
#else
#define GROUP_CHANNELS(layer) ((layer)->c)
#endif

XD_INLINE void find_runs(const struct conv_layer *layer, struct conv_runs *runs)
{
    const int whole_rows = layer->dx == 1 && GROUP_CHANNELS(layer) == layer->c;
    uint32_t columns = whole_rows ? 1 : layer->fx, count = layer->fy * columns, blocks = layer->row / count;
    uint32_t length = layer->fx / columns * GROUP_CHANNELS(layer), down = layer->ix * layer->c, across = layer->dx * layer->c;
    if (layer->span_y != layer->fy)
        down *= (layer->span_y - 1) / (layer->fy - 1u);
    uint32_t column = 0, first = 0;
    runs->count = count;
    runs->blocks = blocks;
    for (uint32_t run = 0; run < count; run++) {
        uint32_t next = (first + length) % M;
        uint32_t step = ++column == columns ? down - (columns - 1) * across : across;
        /* A run's base is where the block began that holds its first weight, less the blocks of the runs before. */
        runs->steps[run] = 4 * (int32_t)(step - next + first - M * blocks);
        first = next;
        if (column == columns)
            column = 0;
    }
}

/* Consecutive pixels of a band from this column of a row on, whose outputs are pitch words apart. */
XD_INLINE void walk_quads(const struct conv_layer *layer, const struct conv_runs *runs, uint32_t column, uint32_t pixels,
                          uint32_t pitch)
{
    const struct quads quads = {
        .weights = layer->weights,
        .indices = layer->indices,
        .record = layer->requantization,
        .channels = layer->k,
        .blocks = runs->blocks,
        .runs = runs->count,
        .steps = runs->steps,
        .range = {layer->lo, layer->hi},
    };
    const uint32_t across = 4 * layer->sx * layer->c, down = 4 * layer->sy * layer->ix * layer->c - layer->ox * across;
    const int8_t *x = layer->input;
    uint32_t *out = (uint32_t *)layer->output;
    while (pixels) {
        /* With eight positions, those of the next column are the second four, or the same again. */
        uint32_t columns = QUADS == 2 && column + 1 < layer->ox && pixels > 1 ? 2 : 1;
        struct positions at;
        at.x[0] = x;
        at.out[0] = out;
        at.x[QUADS - 1] = x + (columns - 1) * across;
        at.out[QUADS - 1] = out + (columns - 1) * pitch;
        all_channels(quads, at);
        x += columns * across;
        out += columns * pitch;
        pixels -= columns;
        column += columns;
        if (column == layer->ox)
            column = 0, x += down;
    }
}

/* The same of pixels first to last - 1, counted row by row. */
XD_INLINE void walk_band(const struct conv_layer *layer, int8_t *scratch, uint32_t first, uint32_t last)
{
    struct conv_layer own = *layer;
    uint32_t row = first / layer->ox, column = first % layer->ox;
    own.input += 4 * (row * layer->sy * layer->ix + column * layer->sx) * layer->c;
    own.output += 4 * first * layer->k;
    find_runs(layer, (struct conv_runs *)scratch);
    walk_quads(&own, (const struct conv_runs *)scratch, column, last - first, layer->k);
}

/* A kernel under the name ONE_CORE, and its parts for the walk under the names RUNS_OF and QUADS_OF. */
#define QUAD_KERNELS(ONE_CORE, RUNS_OF, QUADS_OF)                                                                      \
    conv_kernel ONE_CORE;                                                                                              \
    conv_find_runs RUNS_OF;                                                                                            \
    conv_quads QUADS_OF;                                                                                               \
    void ONE_CORE(const struct conv_layer *layer, int8_t *scratch, uint32_t first, uint32_t last)                      \
    {                                                                                                                  \
        walk_band(layer, scratch, first, last);                                                                        \
    }                                                                                                                  \
    void RUNS_OF(const struct conv_layer *layer, struct conv_runs *runs)                                               \
    {                                                                                                                  \
        find_runs(layer, runs);                                                                                        \
    }                                                                                                                  \
    void QUADS_OF(const struct conv_layer *layer, const struct conv_runs *runs, uint32_t column, uint32_t pixels,      \
                  uint32_t pitch)                                                                                      \
    {                                                                                                                  \
        walk_quads(layer, runs, column, pixels, pitch);                                                                \
    }

#endif
