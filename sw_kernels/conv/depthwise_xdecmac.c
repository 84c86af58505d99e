/* Depthwise convolution of 3x3 with xdecmac: channel after channel of four pixels, one of each band.
 *
 * The words of a channel's nine weights are one pixel or one row apart, each at an address of its own. An index selects
 * one of sixteen words from there, and is the channel: so the addresses are the same for sixteen channels. xdecmac.m16
 * advances by sixteen words from weight to weight, which the addresses have less. 22 instructions serve 36 MACs, and take
 * 26 cycles with the five of xdecq.
 */
/* The walk on a cluster counts the barriers. */
#define MEETS IN_STEP

#include "clip_lanes.h"
#include "conv_banded_plan.h"
#include "meet.h"
#include "requantize.h"
#ifdef CLUSTER
#include "cluster.h"
#endif

#define TAPS 9
#define WEIGHT_WORDS 3
#define CHANNELS 16
/* From a channel's index, in all fields of a word, to that of the next. */
#define NEXT UINT32_C(0x11111111)

conv_kernel KERNEL(conv_depthwise_xdecmac);
conv_find_runs KERNEL(conv_depthwise_xdecmac_runs);
conv_quads KERNEL(conv_depthwise_xdecmac_quads);

/* What is left of the channels. */
struct rest {
    const int32_t *weights, *record;
    uint32_t *out;
    struct range range;
};

/* Count channels of the rest, from the one that this index selects on. */
XD_INLINE void some_channels(struct rest *rest, const uintptr_t taps[TAPS], uint32_t channel, uint32_t count)
{
#if XDECIMATE_HARDWARE && XD_IS(TIER) == XD_IS_short
#define TAP(weights, number) "xdecmac.m16 " weights ", %[tap" #number "], %[channel]\n"
    __asm__ volatile("cv.setup 0, %[count], 1f\n" MEET
                     "cv.lw t0, (%[weights]), 4\n"
                     "cv.lw t1, (%[weights]), 4\n"
                     "cv.lw t2, (%[weights]), 4\n" TAP("t0", 0) TAP("t0", 1) TAP("t0", 2) TAP("t0", 3) TAP("t1", 4)
                         TAP("t1", 5) TAP("t1", 6) TAP("t1", 7) TAP("t2", 8)
                     "cv.lw t3, (%[record]), 4\n"
                     "cv.lw t4, (%[record]), 4\n"
                     "add %[channel], %[channel], %[next]\n"
                     "xdecq t5, t3, t4\n" CLIP_LANES("t5")
                     "cv.sw t5, (%[out]), 4\n"
                     "1:"
                     : [weights] "+r"(rest->weights), [record] "+r"(rest->record), [out] "+r"(rest->out),
                       [channel] "+r"(channel)
                     : [count] "r"(count), [next] "r"(NEXT), [tap0] "r"(taps[0]), [tap1] "r"(taps[1]),
                       [tap2] "r"(taps[2]), [tap3] "r"(taps[3]), [tap4] "r"(taps[4]), [tap5] "r"(taps[5]),
                       [tap6] "r"(taps[6]), [tap7] "r"(taps[7]), [tap8] "r"(taps[8]), [lo] "r"(rest->range.lo),
                       [hi] "r"(rest->range.hi) BARRIER
                     : "t0", "t1", "t2", "t3", "t4", "t5", "memory");
#else
    for (; count; count--, channel += NEXT, rest->weights += WEIGHT_WORDS) {
        uint32_t word = 0;
        meet();
        for (unsigned tap = 0; tap < TAPS; tap++)
            xdecmac_m16((uint32_t)rest->weights[tap / 4], (const void *)taps[tap], channel);
#if XD_IS(TIER) == XD_IS_short
        uint32_t parameters = (uint32_t)cv_lw_next(&rest->record), four;
        four = xdecq(parameters, cv_lw_next(&rest->record));
        for (unsigned lane = 0; lane < 4; lane++)
            word |= (uint32_t)(uint8_t)clip((int8_t)(four >> 8 * lane), rest->range) << 8 * lane;
#else
        int32_t bias = cv_lw_next(&rest->record);
        struct scaling scaling = next_scaling(&rest->record);
        xdecimate_clear();
        for (unsigned lane = 0; lane < 4; lane++) {
            int32_t acc = xdecmac_accumulator_exchange(0) + bias;
            word |= (uint32_t)(uint8_t)requantize(acc, scaling, rest->range) << 8 * lane;
        }
#endif
        *rest->out++ = word;
    }
#endif
}

/* Channels first to last - 1 of a pixel. */
XD_INLINE void channels_of(const struct conv_layer *layer, const int8_t *x, uint32_t *out, uint32_t first, uint32_t last)
{
    const uint32_t across = 4 * layer->c, down = layer->ix * across;
    struct rest rest = {(const int32_t *)layer->weights + first * WEIGHT_WORDS,
                        layer->requantization + first * RECORD_WORDS, out + first, {layer->lo, layer->hi}};
    for (uint32_t channel = first, end; channel < last; channel = end) {
        uint32_t index = channel % CHANNELS, block = channel - index;
        uintptr_t taps[TAPS], row = (uintptr_t)x + 4 * block;
        end = block + CHANNELS < last ? block + CHANNELS : last;
        for (unsigned tap = 0; tap < TAPS; tap++)
            taps[tap] = row + tap / 3 * down + tap % 3 * across - tap * (4 * CHANNELS);
        some_channels(&rest, taps, index * NEXT, end - channel);
    }
}

/* Channels by which this core begins later than the first one. All words of a channel may lie in one bank, and cores that
 * compute the same channel in step would meet in it; three apart they read weights and records from other banks too.
 * Cores in step read one word of these, and words of neighbouring pixels lie in different banks. */
XD_INLINE uint32_t turn_of(uint32_t channels)
{
#if defined(CLUSTER) && !IN_STEP
    return channels < CHANNELS ? 0 : 3 * core_id() % CHANNELS;
#else
    (void)channels;
    return 0;
#endif
}

/* All channels of consecutive pixels from this column on; out, of which pixels are pitch words apart, is the first's. */
XD_INLINE void some_pixels(const struct conv_layer *layer, const int8_t *x, uint32_t *out, uint32_t column,
                           uint32_t pixels, uint32_t pitch)
{
    const uint32_t across = 4 * layer->sx * layer->c, down = 4 * layer->sy * layer->ix * layer->c;
    const uint32_t turn = turn_of(layer->k), parts = turn ? 2 : 1;
    (void)xdecq(0, 0); /* clears accumulators and the counter */
    for (; pixels; pixels--, out += pitch) {
        for (uint32_t part = 0; part < parts; part++)
            channels_of(layer, x, out, part ? 0 : turn, part ? turn : layer->k);
        x += across;
        if (++column == layer->ox)
            column = 0, x += down - layer->ox * across;
    }
}

void KERNEL(conv_depthwise_xdecmac_runs)(const struct conv_layer *layer, struct conv_runs *runs)
{
    (void)layer;
    runs->count = 0; /* the taps of a filter are no run */
}

void KERNEL(conv_depthwise_xdecmac_quads)(const struct conv_layer *layer, const struct conv_runs *runs, uint32_t column,
                                          uint32_t pixels, uint32_t pitch)
{
    (void)runs;
    some_pixels(layer, layer->input, (uint32_t *)layer->output, column, pixels, pitch);
}

void KERNEL(conv_depthwise_xdecmac)(const struct conv_layer *layer, int8_t *scratch, uint32_t first, uint32_t last)
{
    uint32_t row = first / layer->ox, column = first % layer->ox;
    const int8_t *x = layer->input + 4 * (row * layer->sy * layer->ix + column * layer->sx) * layer->c;
    (void)scratch;
    some_pixels(layer, x, (uint32_t *)layer->output + first * layer->k, column, last - first, layer->k);
}
