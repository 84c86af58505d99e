#include "depthwise_plan.h"

#include "tiles.h"

/* A strip of a tile: its channels, its output rows, and the input rows that these read. */
struct step {
    uint32_t tile, channel, channels;
    uint32_t row, rows;
    uint32_t input_row, input_rows;
    int starts_tile;
};

static struct step step_of(const struct depthwise_plan *plan, uint32_t number)
{
    const struct depthwise_layer *layer = &plan->layer;
    uint32_t tile = number / plan->strips, strip = number % plan->strips;
    struct step step = {.tile = tile, .channel = tile * plan->tile_c, .row = strip * plan->strip_rows};
    step.channels = least(plan->tile_c, layer->c - step.channel);
    step.rows = least(plan->strip_rows, layer->oy - step.row);
    int32_t from = (int32_t)(step.row * layer->sy) - (int32_t)layer->py;
    int32_t to = from + (int32_t)((step.rows - 1) * layer->sy + layer->span_y);
    step.input_row = (uint32_t)cv_max(from, 0);
    step.input_rows = (uint32_t)cv_max(cv_min(to, (int32_t)layer->iy) - (int32_t)step.input_row, 0);
    step.starts_tile = strip == 0;
    return step;
}

/* Copy pixels of a tile's channels to or from L1, where they lie without gaps. */
static dma_transfer copy(int8_t *to, const int8_t *from, uint32_t pixels, uint32_t channels, uint32_t to_pitch,
                         uint32_t from_pitch)
{
    if (to_pitch == from_pitch || pixels == 0)
        return dma_memcpy(to, from, pixels * channels);
    return dma_memcpy_2d(to, from, channels, pixels, to_pitch, from_pitch);
}

struct loads {
    dma_transfer input, weights;
    int has_weights;
};

static struct loads load(const struct depthwise_plan *plan, uint32_t number)
{
    const struct depthwise_layer *layer = &plan->layer;
    const struct step step = step_of(plan, number);
    const int8_t *from = layer->input + step.input_row * layer->ix * layer->c + step.channel;
    struct loads loads = {.has_weights = step.starts_tile};
    if (step.starts_tile)
        loads.weights = dma_memcpy(plan->weights[step.tile % 2], layer->weights + step.tile * plan->tile_bytes,
                                   step.channels * (layer->row + plan->record_bytes));
    loads.input = copy(plan->input[number % 2], from, step.input_rows * layer->ix, step.channels, step.channels, layer->c);
    return loads;
}

static dma_transfer store(const struct depthwise_plan *plan, uint32_t number)
{
    const struct depthwise_layer *layer = &plan->layer;
    const struct step step = step_of(plan, number);
    int8_t *to = layer->output + step.row * layer->ox * layer->c + step.channel;
    return copy(to, plan->output[number % 2], step.rows * layer->ox, step.channels, layer->c, step.channels);
}

static void compute(const struct depthwise_plan *plan, uint32_t number, uint32_t me, uint32_t cores)
{
    struct depthwise_layer layer = plan->layer;
    const struct step step = step_of(plan, number);
    const uint32_t quads = (step.channels + 3) / 4, first = step.row / layer.group;
    const uint32_t groups = (step.rows + layer.group - 1) / layer.group;
    layer.c = step.channels;
    layer.input = plan->input[number % 2] - step.input_row * layer.ix * step.channels;
    layer.output = plan->output[number % 2] - step.row * layer.ox * step.channels;
    layer.weights = plan->weights[step.tile % 2];
    layer.requantization = (const int32_t *)(layer.weights + step.channels * layer.row);
    plan->kernel(&layer, plan->buffer + me * plan->buffer_bytes, first * quads + me, (first + groups) * quads, cores);
}

void cluster_depthwise(const struct depthwise_plan *plan, uint32_t cores)
{
    const uint32_t me = core_id(), steps = plan->tiles * plan->strips;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    struct loads loads = {0};
    dma_transfer output[2] = {0, 0};
    if (loader)
        loads = load(plan, 0);
    for (uint32_t step = 0; step <= steps; step++) {
        if (loader && step < steps) {
            dma_wait(loads.input);
            if (loads.has_weights)
                dma_wait(loads.weights);
        }
        if (storer && step >= 2)
            dma_wait(output[step % 2]);
        team_barrier(); /* this step's operands are here; the step before is done */
        if (storer && step > 0)
            output[(step - 1) % 2] = store(plan, step - 1);
        if (step == steps)
            break;
        if (loader && step + 1 < steps)
            loads = load(plan, step + 1);
        compute(plan, step, me, cores);
    }
    if (storer)
        for (uint32_t step = steps > 1 ? steps - 1 : 0; step < steps; step++)
            dma_wait(output[step % 2]);
}
