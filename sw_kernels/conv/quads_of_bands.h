/* Four output pixels at a time, one of each band: the walk of the convolution kernels that read banded inputs.
 *
 * The layer is that of a band. Its padding lies in the input; ix and iy have it too. Rows of the filter, or with
 * dilation its columns, are the runs of quads.h.
 */
#ifndef QUADS_OF_BANDS_H
#define QUADS_OF_BANDS_H

#include "conv_banded_plan.h"
#include "quads.h"

/* Distances of the runs' bases, into steps; returns how many runs there are. */
XD_INLINE uint32_t find_runs(const struct conv_layer *layer, int32_t *steps)
{
    uint32_t columns = layer->dx == 1 ? 1 : layer->fx, runs = layer->fy * columns, blocks = layer->row / runs;
    uint32_t length = layer->fx / columns * layer->c, down = layer->ix * layer->c, across = layer->dx * layer->c;
    if (layer->span_y != layer->fy)
        down *= (layer->span_y - 1) / (layer->fy - 1u);
    uint32_t column = 0, first = 0;
    for (uint32_t run = 0; run < runs; run++) {
        uint32_t next = (first + length) % M;
        uint32_t step = ++column == columns ? down - (columns - 1) * across : across;
        /* A run's base is where the block began that holds its first weight, less the blocks of the runs before. */
        steps[run] = 4 * (int32_t)(step - next + first - M * blocks);
        first = next;
        if (column == columns)
            column = 0;
    }
    return runs;
}

/* Pixels first to last - 1 of a band, counted row by row, whose outputs are pitch words apart. */
XD_INLINE void walk_quads(const struct conv_layer *layer, int8_t *scratch, uint32_t first, uint32_t last, uint32_t pitch)
{
    uint32_t oy = first / layer->ox, ox = first % layer->ox, runs = find_runs(layer, (int32_t *)scratch);
    const struct quads quads = {
        .weights = layer->weights,
        .indices = layer->indices,
        .record = layer->requantization,
        .channels = layer->k,
        .blocks = layer->row / runs,
        .runs = runs,
        .steps = (const int32_t *)scratch,
        .range = {layer->lo, layer->hi},
    };
    uint32_t *output = (uint32_t *)layer->output;
    for (uint32_t pixel = first; pixel < last;) {
        struct positions at;
        at.x[0] = layer->input + 4 * (oy * layer->sy * layer->ix + ox * layer->sx) * layer->c;
        at.out[0] = output + (oy * layer->ox + ox) * pitch;
        /* With eight positions, those of the next column are the second four, or the same again. */
        uint32_t columns = QUADS == 2 && ox + 1 < layer->ox && pixel + 1 < last ? 2 : 1;
        at.x[QUADS - 1] = at.x[0] + 4 * (columns - 1) * layer->sx * layer->c;
        at.out[QUADS - 1] = at.out[0] + (columns - 1) * pitch;
        all_channels(quads, at);
        pixel += columns;
        ox += columns;
        if (ox == layer->ox)
            ox = 0, oy++;
    }
}

/* A kernel under the name ONE_CORE, and as a part of the walk under the name QUADS_OF. */
#define QUAD_KERNELS(ONE_CORE, QUADS_OF)                                                                           \
    conv_kernel ONE_CORE;                                                                                          \
    conv_quads QUADS_OF;                                                                                           \
    void ONE_CORE(const struct conv_layer *layer, int8_t *scratch, uint32_t first, uint32_t last)                  \
    {                                                                                                              \
        walk_quads(layer, scratch, first, last, layer->k);                                                         \
    }                                                                                                              \
    void QUADS_OF(const struct conv_layer *layer, int8_t *scratch, uint32_t first, uint32_t last, uint32_t pitch)  \
    {                                                                                                              \
        walk_quads(layer, scratch, first, last, pitch);                                                            \
    }

#endif
