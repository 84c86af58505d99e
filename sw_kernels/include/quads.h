/* Output channels of four or eight positions at a time with xdecmac, compiled for M = 1, 4, 8 or 16.
 *
 * The reduction consists of runs: stretches of words that are contiguous in the input. Weights and indices lie in the
 * order in which they are taken, channel after channel and run after run, as sw_kernels/packing/layouts.py says: whole
 * passes, then perhaps half of one. The counter is not cleared between the runs of a channel, so that a run's base is
 * less by what the counter has passed.
 *
 * A pass takes a word of indices and the weights that it serves, or eight weights with M = 1: 10 instructions for 32
 * MACs with M = 1, 21 for 64 with M = 4, 11 for 32 with M = 8 and 16. With XDECMAC_POSITIONS = 8 every index serves two
 * words, and a pass has 18 instructions for 64 MACs, 37 for 128, or 19 for 64.
 *
 * With MEETS a core meets the others of its team at a barrier before each channel.
 */
#ifndef QUADS_H
#define QUADS_H

#include "clip_lanes.h"
#include "meet.h"
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

/* Four positions, or twice four: words of their activations in the first run, and words of their outputs. With eight,
 * both may be the same. */
#define QUADS (XDECMAC_POSITIONS / 4)
struct positions {
    const int8_t *x[QUADS];
    uint32_t *out[QUADS];
};

#if XDECIMATE_HARDWARE

#if M == 1
#define INDICES(to)
#else
#define INDICES(to) "cv.lw " to ", (%[indices]), 4\n"
#endif
#define WEIGHTS(to) "cv.lw " to ", (%[weights]), 4\n"
/* One weight at all positions of a run; the words of the second four are at y. */
#define MULTIPLY(weights, base, indices) "xdecmac.m" TEXT(M) " " weights ", " base ", " indices "\n"
#if QUADS == 1
#define ONE(weights, run, indices) MULTIPLY(weights, X_##run, indices)
#else
#define ONE(weights, run, indices) MULTIPLY(weights, X_##run, indices) MULTIPLY(weights, Y_##run, indices)
#endif
#define X_0 "%[x0]"
#define X_1 "%[x1]"
#define X_2 "%[x2]"
#define X_any "t4"
#define Y_0 "%[y0]"
#define Y_1 "%[y1]"
#define Y_2 "%[y2]"
#define Y_any "a7"
#define FOUR(weights, run, indices) \
    ONE(weights, run, indices) ONE(weights, run, indices) ONE(weights, run, indices) ONE(weights, run, indices)

/* No weights and indices are used by the instruction after their load. */
#if M == 4
#define WHOLE_PASS(run)                                                                                    \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", run, "t0") WEIGHTS("t1") FOUR("t2", run, "t0")  \
    WEIGHTS("t2") FOUR("t1", run, "t0") FOUR("t2", run, "t0")
#define PASS_AND_HALF(run)                                                                                 \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", run, "t0") WEIGHTS("t1") FOUR("t2", run, "t0")  \
    WEIGHTS("t2") FOUR("t1", run, "t0") WEIGHTS("t1") INDICES("t3") FOUR("t2", run, "t0") WEIGHTS("t2")  \
    FOUR("t1", run, "t3") FOUR("t2", run, "t3")
#else
#define WHOLE_PASS(run) \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", run, "t0") FOUR("t2", run, "t0")
#define PASS_AND_HALF(run)                                                                              \
    INDICES("t0") WEIGHTS("t1") WEIGHTS("t2") FOUR("t1", run, "t0") WEIGHTS("t1") INDICES("t3")        \
    FOUR("t2", run, "t0") FOUR("t1", run, "t3")
#endif
#define PASSES(run) "cv.setup 0, %[passes], 1f\n" WHOLE_PASS(run) "1:\n"
#define PASSES_AND_HALF(run) PASSES(run) PASS_AND_HALF(run)

/* The runs of a channel: one, three, or any number. */
#define ONE_RUN(RUN) RUN(0)
#define THREE_RUNS(RUN) RUN(0) RUN(1) RUN(2)
#if QUADS == 1
#define SECOND(text)
#else
#define SECOND(text) text
#endif
#define ALL_RUNS(RUN)           \
    "mv t4, %[x0]\n"            \
    SECOND("mv a7, %[y0]\n")    \
    "mv t5, %[steps]\n"         \
    "cv.setup 1, %[runs], 2f\n" \
    RUN(any)                    \
    "cv.lw t6, (t5), 4\n"       \
    "add t4, t4, t6\n"          \
    SECOND("add a7, a7, t6\n")  \
    "2:\n"

#if XD_IS(TIER) == XD_IS_short
#define STORE                                                                  \
    "cv.lw t3, (%[record]), 4\n"                                              \
    "cv.lw t4, (%[record]), 4\n"                                              \
    "xdecq t5, t3, t4\n"                                                      \
    SECOND("xdecq t6, t3, t4\n")                                              \
    CLIP_LANES("t5")                                                           \
    "cv.sw t5, (%[out0]), 4\n"                                                \
    SECOND(CLIP_LANES("t6") "cv.sw t6, (%[out1]), 4\n")
/* All channels. Loop 1 counts them, if it does not count runs. */
#define CHANNELS(RUNS) "cv.setup 1, %[channels], 3f\n" MEET RUNS STORE "3:"
#define CHANNELS_OF_ALL(RUNS) "3:\n" MEET RUNS STORE "addi %[channels], %[channels], -1\nbnez %[channels], 3b"
#else
#define CHANNELS(RUNS) MEET RUNS
#define CHANNELS_OF_ALL(RUNS) MEET RUNS
#endif

#define RUN_ASM(text)                                                                                            \
    __asm__ volatile(text                                                                                       \
                     : [weights] "+r"(quads->weights), [indices] "+r"(quads->indices), [record] "+r"(quads->record), \
                       [channels] "+r"(quads->channels), [out0] "+r"(at->out[0]), [out1] "+r"(at->out[QUADS - 1]) \
                     : [x0] "r"(x[0]), [x1] "r"(x[1]), [x2] "r"(x[2]), [passes] "r"(passes),                    \
                       [runs] "r"(quads->runs), [steps] "r"(quads->steps), [lo] "r"(quads->range.lo),           \
                       [hi] "r"(quads->range.hi) BASES_OF_SECOND BARRIER                                                \
                     : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a7", "memory")
#if QUADS == 1
#define BASES_OF_SECOND
#else
#define BASES_OF_SECOND , [y0] "r"(y[0]), [y1] "r"(y[1]), [y2] "r"(y[2])
#endif
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
XD_INLINE void multiply(struct quads *quads, struct positions *at)
{
#if XDECIMATE_HARDWARE
    const int8_t *x[3], *y[3];
    x[0] = x[1] = x[2] = at->x[0];
    y[0] = at->x[QUADS - 1];
    if (quads->runs == 3) {
        x[1] = x[0] + quads->steps[0];
        x[2] = x[1] + quads->steps[1];
    }
    y[1] = y[0] + (x[1] - x[0]);
    y[2] = y[0] + (x[2] - x[0]);
    (void)y; /* but for eight positions */
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
    meet();
    const int32_t *weights = (const int32_t *)quads->weights;
    uint32_t word = 0;
    int32_t base = 0;
    for (uint32_t run = 0; run < quads->runs; run++) {
        int32_t four = 0;
        for (uint32_t block = 0; block < quads->blocks; block++) {
            if (M > 1 && block % PASS == 0)
                word = *quads->indices++;
            if (block % 4 == 0)
                four = cv_lw_next(&weights);
            for (unsigned quad = 0; quad < QUADS; quad++)
                XD_BLOCK(xdecmac, M)((uint32_t)four, at->x[quad] + base, word);
        }
        if (quads->runs > 1)
            base += quads->steps[run];
    }
    quads->weights = (const int8_t *)weights;
#endif
}

/* All channels of the layer at these positions. */
XD_INLINE void all_channels(struct quads quads, struct positions at)
{
    for (unsigned quad = 0; quad < QUADS; quad++)
        (void)xdecq(0, 0); /* clears accumulators and the counter */
#if XDECIMATE_HARDWARE && XD_IS(TIER) == XD_IS_short
    multiply(&quads, &at);
#elif XD_IS(TIER) == XD_IS_short
    for (; quads.channels; quads.channels--) {
        multiply(&quads, &at);
        uint32_t parameters = (uint32_t)cv_lw_next(&quads.record);
        int32_t addend = cv_lw_next(&quads.record);
        for (unsigned quad = 0; quad < QUADS; quad++) {
            uint32_t four = xdecq(parameters, addend), word = 0;
            for (unsigned lane = 0; lane < 4; lane++)
                word |= (uint32_t)(uint8_t)clip((int8_t)(four >> 8 * lane), quads.range) << 8 * lane;
            *at.out[quad]++ = word;
        }
    }
#else
    for (; quads.channels; quads.channels--) {
        int32_t bias = cv_lw_next(&quads.record);
        multiply(&quads, &at);
        xdecimate_clear();
        struct scaling scaling = next_scaling(&quads.record);
        for (unsigned quad = 0; quad < QUADS; quad++) {
            uint32_t word = 0;
            for (unsigned lane = 0; lane < 4; lane++) {
                int32_t acc = xdecmac_accumulator_exchange(0) + bias;
                word |= (uint32_t)(uint8_t)requantize(acc, scaling, quads.range) << 8 * lane;
            }
            *at.out[quad]++ = word;
        }
    }
#endif
}

#endif
