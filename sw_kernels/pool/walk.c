#include "pool_plan.h"

#include "span.h"
#include "tiles.h"

/* A tile of a strip. */
struct step {
    uint32_t first_row, rows; /* of the output */
    struct span input;        /* rows of the input */
    uint32_t channel, channels;
};

static struct step step_of(const struct pool_plan *plan, uint32_t number)
{
    const struct pool_layer *layer = &plan->layer;
    struct step step;
    step.first_row = number / plan->tiles * plan->strip_rows;
    step.rows = least(plan->strip_rows, plan->oy - step.first_row);
    step.input = span_of(step.first_row, step.first_row + step.rows, layer->sy, layer->py, layer->fy, layer->iy);
    step.channel = number % plan->tiles * plan->tile_c;
    step.channels = least(plan->tile_c, layer->c - step.channel);
    return step;
}

static dma_transfer load(const struct pool_plan *plan, uint32_t number)
{
    const struct pool_layer *layer = &plan->layer;
    struct step step = step_of(plan, number);
    uint32_t positions = step.input.count * layer->ix;
    const int8_t *from = layer->input + step.input.first * layer->ix * layer->c + step.channel;
    if (plan->tiles == 1)
        return dma_memcpy(plan->input[number % 2], from, positions * layer->c);
    return dma_memcpy_2d(plan->input[number % 2], from, step.channels, positions, step.channels, layer->c);
}

static dma_transfer store(const struct pool_plan *plan, uint32_t number)
{
    const struct pool_layer *layer = &plan->layer;
    struct step step = step_of(plan, number);
    uint32_t positions = step.rows * layer->ox;
    int8_t *to = layer->output + step.first_row * layer->ox * layer->c + step.channel;
    if (plan->tiles == 1)
        return dma_memcpy(to, plan->output[number % 2], positions * layer->c);
    return dma_memcpy_2d(to, plan->output[number % 2], step.channels, positions, layer->c, step.channels);
}

/* This core's share of a step. */
static void compute(const struct pool_plan *plan, uint32_t number, uint32_t cores)
{
    struct pool_layer layer = plan->layer;
    struct step step = step_of(plan, number);
    layer.c = step.channels;
    layer.input = plan->input[number % 2] - step.input.first * layer.ix * layer.c;
    layer.output = plan->output[number % 2] - step.first_row * layer.ox * layer.c;
    layer.requantization = plan->requantization;
    uint32_t groups = (layer.c + 3) >> 2, start = step.first_row * layer.ox * groups;
    uint32_t end = start + step.rows * layer.ox * groups, share = (end - start + cores - 1) / cores;
    uint32_t first = least(start + core_id() * share, end), last = least(first + share, end);
    if (first < last)
        plan->kernel(&layer, first, last);
}

void cluster_pool(const struct pool_plan *plan, uint32_t cores)
{
    const uint32_t me = core_id(), steps = plan->strips * plan->tiles;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    dma_transfer input = 0, output[2] = {0, 0};
    if (loader) {
        if (plan->requantization_bytes)
            dma_wait(dma_memcpy(plan->requantization, plan->layer.requantization, plan->requantization_bytes));
        input = load(plan, 0);
    }
    for (uint32_t step = 0; step <= steps; step++) {
        if (loader && step < steps)
            dma_wait(input);
        if (storer && step >= 2)
            dma_wait(output[step % 2]);
        team_barrier(); /* this step's input is here; the step before is done */
        if (loader && step + 1 < steps)
            input = load(plan, step + 1);
        if (storer && step > 0)
            output[(step - 1) % 2] = store(plan, step - 1);
        if (step < steps)
            compute(plan, step, cores);
    }
    if (storer) {
        dma_wait(output[(steps - 1) % 2]);
        if (steps > 1)
            dma_wait(output[steps % 2]);
    }
}
