/* Output channels of four positions at a time with xdecmac, compiled for M = 1, 4, 8 or 16.
 *
 * The reduction consists of runs: stretches of words that are contiguous in the input. Weights and indices lie in the
 * order in which they are taken, channel after channel and run after run, as sw_kernels/packing/layouts.py says: whole
 * passes, then perhaps half of one. The counter is not cleared between the runs of a channel, so that a run's base is
 * less by what the counter has passed.
 *
 * A pass takes a word of indices and the weights that it serves, or eight weights with M = 1: 10 instructions for 32
 * MACs with M = 1, 21 for 64 with M = 4, 11 for 32 with M = 8 and 16.
 */
#ifndef QUADS_H
#define QUADS_H

#include "requantize.h"

#ifndef M
#define M 1
#endif
/* Blocks of a pass. */
#define PASS (M == 4 ? 16 : 8)

struct quads {
    const int8_t *weights;
    const uint32_t *indices;
    const int32_t *record;
    uint32_t channels;
    uint32_t blocks;      /* of a run: a multiple of PASS / 2, and at least PASS */
    uint32_t runs;
    const int32_t *steps; /* bytes from each run's base to that of the next; not read if there is one run */
    struct range range;
};

#if XDECIMATE_HARDWARE

#if M == 1
#define INDICES(to)
#else
#define INDICES(to) "cv.lw " to ", (%[indices]), 4\n"
#endif
#define WEIGHTS(to) "cv.lw " to ", (%[weights]), 4\n"
#define ONE(weights, base, indices) "xdecmac.m" TEXT(M) " " weights ", " base ", " indices "\n"
#define FOUR(weights, base, indices) \
    ONE(weights, base, indices) ONE(weights, base, indices) ONE(weights, base, indices) ONE(weights, base, indices)

/* No weights and indices are used by the instruction after their load. */
#if M == 4
#define WHOLE_PASS(base)                                                                                    \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", base, "t0") WEIGHTS("t1") FOUR("t2", base, "t0")  \
    WEIGHTS("t2") FOUR("t1", base, "t0") FOUR("t2", base, "t0")
#define PASS_AND_HALF(base)                                                                                 \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", base, "t0") WEIGHTS("t1") FOUR("t2", base, "t0")  \
    WEIGHTS("t2") FOUR("t1", base, "t0") WEIGHTS("t1") INDICES("t3") FOUR("t2", base, "t0") WEIGHTS("t2")  \
    FOUR("t1", base, "t3") FOUR("t2", base, "t3")
#else
#define WHOLE_PASS(base) \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", base, "t0") FOUR("t2", base, "t0")
#define PASS_AND_HALF(base)                                                                              \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", base, "t0") WEIGHTS("t1") INDICES("t3")        \
    FOUR("t2", base, "t0") FOUR("t1", base, "t3")
#endif
#define PASSES(base) "cv.setup 0, %[passes], 1f\n" WHOLE_PASS(base) "1:\n"
#define PASSES_AND_HALF(base) PASSES(base) PASS_AND_HALF(base)

/* The runs of a channel: one, three, or any number. */
#define ONE_RUN(RUN) RUN("%[x0]")
#define THREE_RUNS(RUN) RUN("%[x0]") RUN("%[x1]") RUN("%[x2]")
#define ALL_RUNS(RUN)           \
    "mv t4, %[x0]\n"            \
    "mv t5, %[steps]\n"         \
    "cv.setup 1, %[runs], 2f\n" \
    RUN("t4")                   \
    "cv.lw t6, (t5), 4\n"       \
    "add t4, t4, t6\n"          \
    "2:\n"

#if XD_IS(TIER) == XD_IS_short
#if XD_IS(CLIP) == XD_IS_int8
#define CLIP_LANES
#elif XD_IS(CLIP) == XD_IS_relu
#define CLIP_LANES "cv.max.b t3, t3, zero\n"
#else
#define CLIP_LANES "cv.max.sc.b t3, t3, %[lo]\ncv.min.sc.b t3, t3, %[hi]\n"
#endif
#define STORE                     \
    "cv.lw t3, (%[record]), 4\n" \
    "cv.lw t4, (%[record]), 4\n" \
    "xdecq t3, t3, t4\n"         \
    CLIP_LANES                    \
    "cv.sw t3, (%[out]), 4\n"
/* All channels. Loop 1 counts them, if it does not count runs. */
#define CHANNELS(RUNS) "cv.setup 1, %[channels], 3f\n" RUNS STORE "3:"
#define CHANNELS_OF_ALL(RUNS) "3:\n" RUNS STORE "addi %[channels], %[channels], -1\nbnez %[channels], 3b"
#else
#define CHANNELS(RUNS) RUNS
#define CHANNELS_OF_ALL(RUNS) RUNS
#endif

#define RUN_ASM(text)                                                                                            \
    __asm__ volatile(text                                                                                       \
                     : [weights] "+r"(quads->weights), [indices] "+r"(quads->indices), [record] "+r"(quads->record), \
                       [channels] "+r"(quads->channels), [out] "+r"(*out)                                       \
                     : [x0] "r"(x0), [x1] "r"(x1), [x2] "r"(x2), [passes] "r"(passes), [runs] "r"(quads->runs),  \
                       [steps] "r"(quads->steps), [lo] "r"(quads->range.lo), [hi] "r"(quads->range.hi)          \
                     : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "memory")
#define FOR_RUNS(RUN)                              \
    do {                                           \
        if (quads->runs == 1)                      \
            RUN_ASM(CHANNELS(ONE_RUN(RUN)));       \
        else if (quads->runs == 3)                 \
            RUN_ASM(CHANNELS(THREE_RUNS(RUN)));    \
        else                                       \
            RUN_ASM(CHANNELS_OF_ALL(ALL_RUNS(RUN))); \
    } while (0)
#endif

/* One channel, or all of them and their outputs, in the short tier. */
XD_INLINE void multiply(struct quads *quads, const int8_t *x0, uint32_t **out)
{
#if XDECIMATE_HARDWARE
    const int8_t *x1 = x0, *x2 = x0;
    if (quads->runs == 3) {
        x1 = x0 + quads->steps[0];
        x2 = x1 + quads->steps[1];
    }
    uint32_t half = quads->blocks % PASS, passes = quads->blocks / PASS - (half > 0); /* of the loop */
    if (half && passes)
        FOR_RUNS(PASSES_AND_HALF);
    else if (half)
        FOR_RUNS(PASS_AND_HALF);
    else if (passes > 1)
        FOR_RUNS(PASSES);
    else
        FOR_RUNS(WHOLE_PASS);
#else
    const int32_t *weights = (const int32_t *)quads->weights;
    uint32_t word = 0;
    (void)out;
    for (uint32_t run = 0; run < quads->runs; run++) {
        int32_t four = 0;
        for (uint32_t block = 0; block < quads->blocks; block++) {
            if (M > 1 && block % PASS == 0)
                word = *quads->indices++;
            if (block % 4 == 0)
                four = cv_lw_next(&weights);
            XD_BLOCK(xdecmac, M)((uint32_t)four, x0, word);
        }
        if (quads->runs > 1)
            x0 += quads->steps[run];
    }
    quads->weights = (const int8_t *)weights;
#endif
}

/* All channels of the four positions whose first run is at x, to words from out on. */
XD_INLINE void all_channels(struct quads quads, const int8_t *x, uint32_t *out)
{
    (void)xdecq(0, 0); /* clears the accumulators and the counter */
#if XDECIMATE_HARDWARE && XD_IS(TIER) == XD_IS_short
    multiply(&quads, x, &out);
#elif XD_IS(TIER) == XD_IS_short
    for (; quads.channels; quads.channels--) {
        multiply(&quads, x, &out);
        int32_t parameters = cv_lw_next(&quads.record);
        uint32_t four = xdecq((uint32_t)parameters, cv_lw_next(&quads.record)), word = 0;
        for (unsigned lane = 0; lane < 4; lane++)
            word |= (uint32_t)(uint8_t)clip((int8_t)(four >> 8 * lane), quads.range) << 8 * lane;
        *out++ = word;
    }
#else
    for (; quads.channels; quads.channels--) {
        int32_t bias = cv_lw_next(&quads.record);
        multiply(&quads, x, &out);
        xdecimate_clear();
        struct scaling scaling = next_scaling(&quads.record);
        uint32_t word = 0;
        for (unsigned lane = 0; lane < 4; lane++) {
            int32_t acc = xdecmac_accumulator_exchange(0) + bias;
            word |= (uint32_t)(uint8_t)requantize(acc, scaling, quads.range) << 8 * lane;
        }
        *out++ = word;
    }
#endif
}

#endif
