#include "strided_plan.h"

#include "boxes.h"
#include "tiles.h"
#include "units.h"

/* A tile: how many elements it has along each axis that is used, and where the first of them lies. */
struct step {
    uint32_t count[STRIDED_AXES];
    int32_t from, to;
};

static struct step step_of(const struct strided_plan *plan, uint32_t number)
{
    struct step step;
    step.from = (int32_t)plan->layer.offset;
    step.to = 0;
    UNROLL(1)
    for (uint32_t axis = STRIDED_AXES; axis-- > plan->layer.outer;) {
        const struct strided_axis *along = &plan->layer.axis[axis];
        uint32_t first = 0, tile = plan->tile[axis];
        if (tile < along->count) {
            uint32_t tiles = (along->count + tile - 1) / tile;
            first = number % tiles * tile;
            number /= tiles;
        }
        step.count[axis] = least(tile, along->count - first);
        step.from += (int32_t)first * along->from;
        step.to += (int32_t)first * along->to;
    }
    return step;
}

/* Bytes that the first element of a tile lies behind the first byte of its span. */
static int32_t behind(const struct strided_plan *plan, const struct step *step)
{
    uint32_t span = plan->span;
    int32_t reach = span < STRIDED_AXES ? (int32_t)(step->count[span] - 1) * plan->from[span] : 0;
    return reach < 0 ? -reach : 0;
}

static void load(const struct strided_plan *plan, struct transfers *transfers, uint32_t number)
{
    const struct step step = step_of(plan, number);
    struct box box;
    box.size = 1;
    box.outer = plan->layer.outer;
    UNROLL(1)
    for (uint32_t axis = plan->layer.outer; axis < STRIDED_AXES; axis++) {
        uint32_t count = plan->from[axis] ? step.count[axis] : 1; /* what repeats is there once */
        if (axis == plan->span) {
            box.size = (count - 1) * (uint32_t)cv_max(plan->from[axis], -plan->from[axis]) + 1;
            count = 1;
        }
        box.count[axis] = count;
        box.near[axis] = plan->from[axis];
        box.far[axis] = plan->layer.axis[axis].from;
    }
    load_box(transfers, &box, plan->input[number % 2], plan->layer.input + step.from - behind(plan, &step));
}

static void store(const struct strided_plan *plan, struct transfers *transfers, uint32_t number)
{
    const struct step step = step_of(plan, number);
    struct box box;
    box.size = 1;
    box.outer = plan->layer.outer;
    UNROLL(1)
    for (uint32_t axis = plan->layer.outer; axis < STRIDED_AXES; axis++) {
        box.count[axis] = step.count[axis];
        box.near[axis] = plan->to[axis];
        box.far[axis] = plan->layer.axis[axis].to;
    }
    store_box(transfers, &box, plan->layer.output + step.to, plan->output[number % 2]);
}

/* This core's share of a tile. */
static void compute(const struct strided_plan *plan, uint32_t number, uint32_t cores)
{
    const struct step step = step_of(plan, number);
    struct strided_layer tile = plan->layer;
    tile.input = plan->input[number % 2];
    tile.output = plan->output[number % 2];
    tile.offset = (uint32_t)behind(plan, &step);
    UNROLL(1)
    for (uint32_t axis = plan->layer.outer; axis < STRIDED_AXES; axis++)
        tile.axis[axis] = (struct strided_axis){step.count[axis], plan->from[axis], plan->to[axis]};
    uint32_t units = units_of(&tile), share = (units + cores - 1) / cores;
    uint32_t first = least(core_id() * share, units), last = least(first + share, units);
    if (units < cores) { /* the cores of a unit share its rows */
        struct strided_axis *along = &tile.axis[LAST_AXIS];
        uint32_t parts = cores / units, size = ((along->count + parts - 1) / parts + 3) & ~3u;
        uint32_t begin = least(core_id() % parts * size, along->count);
        tile.offset += (uint32_t)((int32_t)begin * along->from);
        tile.output += begin;
        along->count = least(size, along->count - begin);
        first = core_id() / parts;
        last = first + (first < units && along->count > 0);
    }
    if (first < last)
        plan->kernel(&tile, first, last);
}

static void move_by_dma(const struct strided_plan *plan)
{
    struct transfers transfers = {0};
    for (uint32_t step = 0; step < plan->steps; step++) {
        load(plan, &transfers, step);
        store(plan, &transfers, step);
    }
    finish(&transfers);
}

void cluster_strided(const struct strided_plan *plan, uint32_t cores)
{
    const uint32_t me = core_id(), steps = plan->steps;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    if (!plan->kernel) {
        if (loader)
            move_by_dma(plan);
        return;
    }
    struct transfers loads = {0}, stores = {0};
    if (loader)
        load(plan, &loads, 0);
    for (uint32_t step = 0; step <= steps; step++) {
        if (loader)
            finish(&loads);
        if (storer)
            finish(&stores);
        team_barrier(); /* this tile's input is here, the output buffer is free, the tile before is done */
        if (loader && step + 1 < steps)
            load(plan, &loads, step + 1);
        if (storer && step > 0)
            store(plan, &stores, step - 1);
        if (step < steps)
            compute(plan, step, cores);
    }
    if (storer)
        finish(&stores);
}
