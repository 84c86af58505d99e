#include "reorder_plan.h"

#include "tiles.h"
#include "transfers.h"

/* More bytes than any array has. */
#define ALL_BYTES UINT32_MAX

XD_INLINE uint32_t words_of(const struct reorder_plan *plan, uint32_t strip)
{
    return least(plan->strip_words, plan->layer.pitch - strip * plan->strip_words);
}

/* Start the transfers of a strip's part of the rows: one for the bands that have all of it, one for the last rows. */
static void move_rows(const struct reorder_plan *plan, struct transfers *transfers, uint32_t strip, int8_t *near,
                      int8_t *far, int is_load)
{
    const struct reorder_layer *layer = &plan->layer;
    uint32_t place = strip * plan->strip_words, count = words_of(plan, strip), bands = 0;
    while (bands < 4 && place + bands * layer->pitch + count <= layer->bytes)
        bands++;
    far += place;
    if (bands)
        add(transfers, is_load ? dma_memcpy_2d(near, far, count, bands, plan->pitch, layer->pitch)
                               : dma_memcpy_2d(far, near, count, bands, layer->pitch, plan->pitch));
    place += bands * layer->pitch;
    if (bands < 4 && place < layer->bytes) {
        near += bands * plan->pitch;
        far += bands * layer->pitch;
        add(transfers, is_load ? dma_memcpy(near, far, layer->bytes - place)
                               : dma_memcpy(far, near, layer->bytes - place));
    }
}

static void load(const struct reorder_plan *plan, struct transfers *transfers, uint32_t strip)
{
    const struct reorder_layer *layer = &plan->layer;
    int8_t *to = plan->input[strip % 2];
    if (layer->banded)
        move_rows(plan, transfers, strip, to, (int8_t *)layer->input, 1);
    else
        add(transfers, dma_memcpy(to, layer->input + 4 * strip * plan->strip_words, 4 * words_of(plan, strip)));
}

static void store(const struct reorder_plan *plan, struct transfers *transfers, uint32_t strip)
{
    const struct reorder_layer *layer = &plan->layer;
    int8_t *from = plan->output[strip % 2];
    if (layer->banded)
        add(transfers, dma_memcpy(layer->output + 4 * strip * plan->strip_words, from, 4 * words_of(plan, strip)));
    else
        move_rows(plan, transfers, strip, from, layer->output, 0);
}

void cluster_reorder(const struct reorder_plan *plan, uint32_t cores)
{
    const uint32_t me = core_id(), strips = plan->strips;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    struct transfers loads = {0}, stores = {0};
    if (loader)
        load(plan, &loads, 0);
    for (uint32_t step = 0; step <= strips; step++) {
        if (loader)
            finish(&loads);
        if (storer)
            finish(&stores);
        team_barrier(); /* this strip is here, its output buffer is free, the strip before is done */
        if (loader && step + 1 < strips)
            load(plan, &loads, step + 1);
        if (storer && step > 0)
            store(plan, &stores, step - 1);
        if (step == strips)
            break;
        struct reorder_layer strip = {plan->input[step % 2], plan->output[step % 2], plan->layer.banded, plan->pitch,
                                      ALL_BYTES};
        uint32_t words = words_of(plan, step), first = least(me * plan->share, words);
        uint32_t last = least(first + plan->share, words);
        if (first < last)
            plan->kernel(&strip, first, last);
    }
    if (storer)
        finish(&stores);
}
