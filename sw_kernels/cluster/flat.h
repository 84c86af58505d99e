/* The walk of the operators that compute every item of an array by itself: strip after strip.
 *
 * A strip's operands come to L1 while the strip before is computed, as its outputs are on their way back while the next
 * one is. The cores take consecutive shares of a strip.
 */
#ifndef FLAT_H
#define FLAT_H

#include "tiles.h"

struct flat {
    uint32_t items, item_bytes;
    uint32_t strips, strip_items; /* the last strip may be smaller */
    uint32_t share;               /* items of a strip for each core */
    int8_t *input[2], *second[2], *output[2]; /* buffers in L1; both the same where one is enough */
    int8_t *constants;                        /* in L1: a copy for each core, or one for all */
    uint32_t constant_bytes, constant_pitch;  /* of a copy; from one to the next, which starts in another bank, or 0 */
};

/* An operator's arrays, outside L1 or a strip's in it; second and constants are 0 where there are none. */
struct flat_arrays {
    const int8_t *input, *second;
    int8_t *output;
    const void *constants;
};

/* Compute items first to last - 1 of a strip. */
typedef void flat_work(const void *plan, struct flat_arrays l1, uint32_t first, uint32_t last);

XD_INLINE uint32_t items_of(const struct flat *flat, uint32_t strip)
{
    return least(flat->strip_items, flat->items - strip * flat->strip_items);
}

XD_INLINE dma_transfer load_items(const struct flat *flat, int8_t *const *to, const int8_t *from, uint32_t strip)
{
    uint32_t offset = strip * flat->strip_items * flat->item_bytes;
    return dma_memcpy(to[strip % 2], from + offset, items_of(flat, strip) * flat->item_bytes);
}

XD_INLINE dma_transfer store_items(const struct flat *flat, int8_t *to, uint32_t strip)
{
    uint32_t offset = strip * flat->strip_items * flat->item_bytes;
    return dma_memcpy(to + offset, flat->output[strip % 2], items_of(flat, strip) * flat->item_bytes);
}

XD_INLINE void walk_flat(const struct flat *flat, struct flat_arrays outside, uint32_t cores, flat_work *work,
                         const void *plan)
{
    const uint32_t me = core_id(), strips = flat->strips;
    /* One core loads, another stores: setting up a transfer is work that all others wait for. */
    const int loader = me == 0, storer = me == cores - 1;
    int8_t *constants = flat->constants + me * flat->constant_pitch;
    dma_transfer input = 0, second = 0, output[2] = {0, 0};
    if (loader) {
        input = load_items(flat, flat->input, outside.input, 0);
        if (outside.second)
            second = load_items(flat, flat->second, outside.second, 0);
    }
    if (flat->constant_bytes && (flat->constant_pitch || loader))
        dma_wait(dma_memcpy(constants, outside.constants, flat->constant_bytes));
    for (uint32_t step = 0; step <= strips; step++) {
        if (loader && step < strips) {
            dma_wait(input);
            if (outside.second)
                dma_wait(second);
        }
        if (storer && step >= 2)
            dma_wait(output[step % 2]);
        team_barrier(); /* this strip's operands are here; the strip before is done */
        if (loader && step + 1 < strips) {
            input = load_items(flat, flat->input, outside.input, step + 1);
            if (outside.second)
                second = load_items(flat, flat->second, outside.second, step + 1);
        }
        if (storer && step > 0)
            output[(step - 1) % 2] = store_items(flat, outside.output, step - 1);
        if (step == strips)
            break;
        uint32_t items = items_of(flat, step), first = least(me * flat->share, items);
        uint32_t last = least(first + flat->share, items);
        if (first < last)
            work(plan,
                 (struct flat_arrays){flat->input[step % 2], flat->second[step % 2], flat->output[step % 2],
                                      constants},
                 first, last);
    }
    if (storer) {
        dma_wait(output[(strips - 1) % 2]);
        if (strips > 1)
            dma_wait(output[strips % 2]);
    }
}

#endif
