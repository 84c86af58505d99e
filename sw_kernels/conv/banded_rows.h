/* Strips of rows of words, as the walk of banded convolutions brings them to L1 and completes them there. */
#ifndef BANDED_ROWS_H
#define BANDED_ROWS_H

#include "bytes.h"
#include "conv_banded_plan.h"
#include "halo.h"
#include "tiles.h"

/* Rows that a strip reads, counted from the first of a band: some may be above or below it. */
struct band_rows {
    int32_t first, end;
};

static struct band_rows rows_of(const struct conv_banded_plan *plan, uint32_t strip)
{
    const struct conv_layer *layer = &plan->layer;
    uint32_t first = strip * plan->strip_rows, last = least(first + plan->strip_rows, layer->oy) - 1;
    int32_t top = (int32_t)plan->top;
    return (struct band_rows){(int32_t)(first * layer->sy) - top, (int32_t)(last * layer->sy + layer->span_y) - top};
}

/* Bands from a row's own to the one that has it. */
static int32_t distance_of(const struct conv_banded_plan *plan, int32_t row)
{
    int32_t step = (int32_t)plan->step;
    return (row < 0 ? row - step + 1 : row) / step;
}

/* The strip has these rows of a band itself. */
static int has_rows(const struct conv_banded_plan *plan, struct band_rows strip, int32_t first, int32_t end)
{
    return first >= strip.first && first >= 0 && end <= cv_min(strip.end, (int32_t)plan->step);
}

/* Rows of neighbours that the strip has itself are not loaded. At least one row is. */
static dma_transfer load_strip(const struct conv_banded_plan *plan, uint32_t strip)
{
    const struct conv_layer *layer = &plan->layer;
    const uint32_t row_bytes = 4 * plan->columns * layer->c, pitch = 4 * layer->ix * layer->c;
    struct band_rows rows = rows_of(plan, strip);
    int8_t *to = plan->input[strip % 2] + 4 * plan->left * layer->c;
    dma_transfer transfer = 0;
    for (int32_t row = rows.first, end; row < rows.end; row = end) {
        int32_t start = distance_of(plan, row) * (int32_t)plan->step;
        uint32_t place = (uint32_t)(row - start), count;
        end = cv_min(start + (int32_t)plan->step, rows.end);
        count = (uint32_t)(end - row);
        if (start == 0 || !has_rows(plan, rows, row - start, end - start))
            transfer = dma_memcpy_2d(to, layer->input + place * row_bytes, row_bytes, count, pitch, row_bytes);
        to += count * pitch;
    }
    return transfer;
}

/* Padding at either side of all rows, in both buffers: no transfer reaches it. */
static void fill_sides(const struct conv_banded_plan *plan, uint32_t cores)
{
    const struct conv_layer *layer = &plan->layer;
    const uint32_t pixel = 4 * layer->c, pitch = layer->ix * pixel;
    uint32_t left = plan->left * pixel, right = pitch - left - plan->columns * pixel;
    uint32_t rows = (plan->strip_rows - 1) * layer->sy + layer->span_y;
    if (left + right == 0)
        return;
    for (uint32_t buffer = 0; buffer < (plan->input[0] == plan->input[1] ? 1 : 2); buffer++)
        for (uint32_t row = core_id(); row < rows; row += cores) {
            int8_t *to = plan->input[buffer] + row * pitch;
            fill_bytes(to, layer->pad, left);
            fill_bytes(to + pitch - right, layer->pad, right);
        }
}

/* A core's part of a row, the same of all rows: a number of words from one on. */
struct words {
    uint32_t first, count;
};

/* Nothing if all four bands have the row themselves. */
static void complete_row(const struct conv_banded_plan *plan, uint32_t strip, int32_t row, struct words words)
{
    const struct conv_layer *layer = &plan->layer;
    if (row >= 0 && row < (int32_t)plan->height - 3 * (int32_t)plan->step)
        return;
    struct band_rows rows = rows_of(plan, strip);
    int32_t distance = distance_of(plan, row), own = row - distance * (int32_t)plan->step;
    int32_t bands = ((int32_t)plan->height - own + (int32_t)plan->step - 1) / (int32_t)plan->step;
    int32_t *strip_words = (int32_t *)plan->input[strip % 2] + words.first, pitch = (int32_t)(layer->ix * layer->c);
    int32_t *to = strip_words + (row - rows.first) * pitch, padding = (int32_t)((uint8_t)layer->pad * UINT32_C(0x01010101));
    pick_lanes(to, has_rows(plan, rows, own, own + 1) ? strip_words + (own - rows.first) * pitch : to, words.count,
               (int32_t)lanes_of(distance, bands), padding);
}

/* This core's part of the rows that are no band's own, and of those that the last bands lack. */
static void complete_strip(const struct conv_banded_plan *plan, uint32_t strip, uint32_t cores)
{
    struct band_rows rows = rows_of(plan, strip);
    uint32_t all = plan->columns * plan->layer.c, share = (all + cores - 1) / cores;
    uint32_t first = least(core_id() * share, all);
    struct words words = {plan->left * plan->layer.c + first, least(share, all - first)};
    int32_t own = cv_max(rows.first, 0), end = cv_min(rows.end, (int32_t)plan->step);
    for (int32_t row = own; row < end; row++) /* first: the others are made of them */
        complete_row(plan, strip, row, words);
    for (int32_t row = rows.first; row < rows.end; row++)
        if (row < own || row >= end)
            complete_row(plan, strip, row, words);
}

#endif
