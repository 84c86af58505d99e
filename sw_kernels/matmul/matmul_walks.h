/* The walk of products. A_PITCH are the bytes between rows of k bytes of a in L1, of which cores take UNIT together. With
 * COPIES the kernel reads b from columns, however it lies in memory. */
#ifndef MATMUL_WALKS_H
#define MATMUL_WALKS_H

#include "matmul_plan.h"

#include "tiles.h"

/* A strip of a block. */
struct step {
    uint32_t strip, tile, head;
    uint32_t block;                  /* its number */
    uint32_t first_t, t, first_n, n; /* rows of a, rows of b */
};

static struct step step_of(const struct matmul_plan *plan, uint32_t number)
{
    struct step step;
    step.block = number / plan->strips;
    step.strip = number - step.block * plan->strips;
    step.head = step.block / plan->tiles;
    step.tile = step.block - step.head * plan->tiles;
    step.first_t = step.strip * plan->strip_t;
    step.t = least(plan->strip_t, plan->layer.t - step.first_t);
    step.first_n = step.tile * plan->tile_n;
    step.n = least(plan->tile_n, plan->layer.n - step.first_n);
    return step;
}

/* Rows of size bytes, to_pitch apart in L1. */
static dma_transfer load_rows(int8_t *to, const int8_t *from, uint32_t size, uint32_t rows, uint32_t to_pitch,
                              uint32_t from_pitch)
{
    if (size == to_pitch && size == from_pitch)
        return dma_memcpy(to, from, size * rows);
    return dma_memcpy_2d(to, from, size, rows, to_pitch, from_pitch);
}

static dma_transfer load_strip(const struct matmul_plan *plan, uint32_t number)
{
    const struct matmul_layer *layer = &plan->layer;
    struct step step = step_of(plan, number);
    const int8_t *from = layer->input + layer->a_start + step.head * layer->a_head + step.first_t * layer->a_pitch;
    return load_rows(plan->input[number % 2], from, layer->k, step.t, A_PITCH(layer->k), layer->a_pitch);
}

static dma_transfer load_block(const struct matmul_plan *plan, uint32_t number)
{
    const struct matmul_layer *layer = &plan->layer;
    struct step step = step_of(plan, number);
    const int8_t *from = layer->second + layer->b_start + step.head * layer->b_head;
    int8_t *to = plan->weights[step.block % 2];
    if (layer->by_k)
        return load_rows(to, from + step.first_n, step.n, layer->k, plan->pitch, layer->b_pitch);
    return load_rows(to, from + step.first_n * layer->b_pitch, layer->k, step.n, plan->pitch, layer->b_pitch);
}

static dma_transfer store_strip(const struct matmul_plan *plan, uint32_t number)
{
    const struct matmul_layer *layer = &plan->layer;
    struct step step = step_of(plan, number);
    int8_t *to = layer->output + step.head * layer->out_head + step.first_t * layer->out_pitch + step.first_n;
    if (step.n == layer->out_pitch)
        return dma_memcpy(to, plan->output[number % 2], step.n * step.t);
    return dma_memcpy_2d(to, plan->output[number % 2], step.n, step.t, layer->out_pitch, step.n);
}

/* This core's share of a step: of the parts of its UNITs of rows, one unit after the other. Rows past the last one have
 * room in the buffers. */
static void compute(const struct matmul_plan *plan, struct matmul_layer *layer, const struct step *step,
                    const int8_t *rows, uint32_t buffer, uint32_t cores)
{
    const uint32_t parts = plan->parts, units = (step->t + UNIT - 1) / UNIT * parts, share = (units + cores - 1) / cores;
    const uint32_t part_n = ((step->n + parts - 1) / parts + 3) & ~3u;
    uint32_t unit = least(core_id() * share, units), last = least(unit + share, units);
    for (uint32_t taken; unit < last; unit += taken) {
        uint32_t first = unit / parts, part = unit - first * parts, whole = part ? 0 : (last - unit) / parts;
        taken = whole ? whole * parts : least(parts - part, last - unit);
        uint32_t first_n = least(part * part_n, step->n);
        layer->n = whole ? step->n : least(taken * part_n, step->n - first_n);
        const struct matmul_columns columns = {rows + first_n * layer->row, plan->terms + first_n};
        plan->rows(layer, plan->input[buffer] + UNIT * first * A_PITCH(layer->k), &columns,
                   plan->output[buffer] + UNIT * first * step->n + first_n,
                   plan->scratch + core_id() * plan->scratch_bytes, whole ? UNIT * whole : UNIT);
    }
}

XD_INLINE void walk_products(const struct matmul_plan *plan, uint32_t cores)
{
    const uint32_t me = core_id(), strips = plan->strips, steps = plan->layer.heads * plan->tiles * strips;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    struct matmul_layer layer = plan->layer;
    layer.a_pitch = A_PITCH(layer.k);
    layer.b_pitch = plan->pitch;
    dma_transfer input = 0, block = 0, output[2] = {0, 0};
    if (loader) {
        block = load_block(plan, 0);
        input = load_strip(plan, 0);
    }
    for (uint32_t number = 0; number <= steps; number++) {
        struct step step = step_of(plan, number);
        if (loader && number < steps) {
            dma_wait(input);
            if (step.strip == 0)
                dma_wait(block);
        }
        if (storer && number >= 2)
            dma_wait(output[number % 2]);
        team_barrier(); /* this step's operands are here; the step before is done */
        if (loader && number + 1 < steps)
            input = load_strip(plan, number + 1);
        if (storer && number > 0)
            output[(number - 1) % 2] = store_strip(plan, number - 1);
        if (number == steps)
            break;
        int8_t *b = plan->weights[step.block % 2], *rows = COPIES || layer.by_k ? plan->columns : b;
        layer.n = step.n;
        if (step.strip == 0) {
            if (loader && number + strips < steps)
                block = load_block(plan, number + strips);
            uint32_t share = ((step.n + cores - 1) / cores + 3) & ~3u, first = least(me * share, step.n);
            plan->prepare(&layer, b, rows, plan->terms, first, least(first + share, step.n));
            team_barrier(); /* the block is ready */
        }
        layer.out_pitch = step.n;
        compute(plan, &layer, &step, rows, number % 2, cores);
    }
    if (storer) {
        dma_wait(output[(steps - 1) % 2]);
        if (steps > 1)
            dma_wait(output[steps % 2]);
    }
}

#endif
