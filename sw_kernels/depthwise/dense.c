/* Depthwise convolution. A dot product wants four taps of one channel in a word, but in memory four channels of one
 * pixel are: so a unit's input is transposed first, four channels at a time, to words of four input rows. A column of a
 * filter of up to four rows is then one word.
 *
 * Filters of 3x3 with stride 1 compute two output rows from the same words, the lower one with the weights a byte up,
 * and keep the last two columns in registers. A column of both rows and one channel costs 17 instructions and, with
 * the tier high, 25 cycles: 1 load, 2 moves of the bias, 6 dot products, 2 times 3 to requantize (mulh takes 5 cycles)
 * and 2 stores; 18 MACs. Transposing adds 18 instructions for the 8 outputs of four channels. Half of the time goes
 * into requantization, which serves only 9 MACs here.
 */
#include "bytes.h"
#include "columns.h"
#include "depthwise_layer.h"
#include "requantize.h"

/* A channel: its weights, its record of the requantization, its words in the buffer. */
struct channel {
    const int32_t *weights, *record;
    const int8_t *x;
    struct range range;
};

/* An output row of a channel; a step of 0 leaves all in one byte. */
struct output_row {
    int8_t *at;
    uint32_t step;
};

XD_INLINE int32_t word_at(const int8_t *x)
{
    const int32_t *word = (const int32_t *)x;
    return cv_lw_next(&word);
}

#if XDECIMATE_HARDWARE && XD_IS(TIER) != XD_IS_wide
#define IN_ASSEMBLY 1
#if XD_IS(TIER) == XD_IS_narrow
#define MULTIPLY "mul"
#else
#define MULTIPLY "mulh"
#endif
#define REQUANTIZE MULTIPLY " %[acc], %[acc], %[mul]\ncv.addnr %[acc], %[add], %[shift]\n" CLIP_ASM("%[acc]")
#define STORE(out) REQUANTIZE "cv.sb %[acc], (%[" out "]), %[" out "_step]\n"
/* A channel's operands, which only one statement needs in registers. */
#define LOAD_CHANNEL                \
    "lw %[u0], 0(%[weights])\n"     \
    "lw %[u1], 4(%[weights])\n"     \
    "lw %[u2], 8(%[weights])\n"     \
    "lw %[bias], 0(%[record])\n"    \
    "lw %[mul], 4(%[record])\n"     \
    "lw %[add], 8(%[record])\n"     \
    "lw %[shift], 12(%[record])\n"
#define LOADED                                                                                                  \
    [u0] "=&r"(u0), [u1] "=&r"(u1), [u2] "=&r"(u2), [bias] "=&r"(bias), [mul] "=&r"(mul), [add] "=&r"(add), \
        [shift] "=&r"(shift), [acc] "=&r"(acc)
#if XD_IS(CLIP) == XD_IS_bounds
#define CHANNEL [weights] "r"(c.weights), [record] "r"(c.record), [lo] "r"(c.range.lo), [hi] "r"(c.range.hi)
#else
#define CHANNEL [weights] "r"(c.weights), [record] "r"(c.record)
#endif
#else
#define IN_ASSEMBLY 0
#endif

/* Outputs of a row, three by three, and what is left of it. */
struct thirds {
    uint32_t count, rest;
};

/* Two rows of a filter three columns wide, of up to three rows, with stride 1. */
XD_INLINE void slide(struct channel c, struct output_row upper, struct output_row lower, struct thirds columns)
{
    const int8_t *x = c.x;
#if IN_ASSEMBLY
    int32_t u0, u1, u2, l0, l1, l2, v0, v1, v2, bias, mul, add, shift, acc;
#define DOT(x0, x1, x2, row)                         \
    "mv %[acc], %[bias]\n"                           \
    "cv.sdotsp.b %[acc], %[" x0 "], %[" row "0]\n"   \
    "cv.sdotsp.b %[acc], %[" x1 "], %[" row "1]\n"   \
    "cv.sdotsp.b %[acc], %[" x2 "], %[" row "2]\n"
#define COLUMN(x0, x1, x2) \
    "cv.lw %[" x2 "], (%[x]), 16\n" DOT(x0, x1, x2, "u") STORE("upper") DOT(x0, x1, x2, "l") STORE("lower")
    __asm__ volatile(LOAD_CHANNEL "cv.lw %[v0], (%[x]), 16\n"
                                  "cv.lw %[v1], (%[x]), 16\n"
                                  "slli %[l0], %[u0], 8\n"
                                  "slli %[l1], %[u1], 8\n"
                                  "slli %[l2], %[u2], 8\n"
                                  "beqz %[thirds], 2f\n"
                                  "cv.setup 0, %[thirds], 1f\n" COLUMN("v0", "v1", "v2") COLUMN("v1", "v2", "v0")
                                      COLUMN("v2", "v0", "v1") "1:\n"
                                  "2: beqz %[rest], 3f\n" COLUMN("v0", "v1", "v2")
                                  "addi %[rest], %[rest], -1\n"
                                  "beqz %[rest], 3f\n" COLUMN("v1", "v2", "v0") "3:"
                     : [x] "+r"(x), [upper] "+r"(upper.at), [lower] "+r"(lower.at), [rest] "+r"(columns.rest), LOADED,
                       [l0] "=&r"(l0), [l1] "=&r"(l1), [l2] "=&r"(l2), [v0] "=&r"(v0), [v1] "=&r"(v1), [v2] "=&r"(v2)
                     : CHANNEL, [upper_step] "r"(upper.step), [lower_step] "r"(lower.step), [thirds] "r"(columns.count)
                     : "memory");
#else
    int32_t u0 = c.weights[0], u1 = c.weights[1], u2 = c.weights[2], bias = cv_lw_next(&c.record);
    int32_t l0 = (int32_t)((uint32_t)u0 << 8), l1 = (int32_t)((uint32_t)u1 << 8), l2 = (int32_t)((uint32_t)u2 << 8);
    int32_t v0 = word_at(x), v1 = word_at(x + COLUMN_BYTES);
    struct scaling scaling = next_scaling(&c.record);
    for (uint32_t column = 3 * columns.count + columns.rest; column; column--, x += COLUMN_BYTES) {
        int32_t v2 = word_at(x + 2 * COLUMN_BYTES);
        int32_t acc0 = cv_sdotsp_b(cv_sdotsp_b(cv_sdotsp_b(bias, v0, u0), v1, u1), v2, u2);
        int32_t acc1 = cv_sdotsp_b(cv_sdotsp_b(cv_sdotsp_b(bias, v0, l0), v1, l1), v2, l2);
        *upper.at = (int8_t)requantize(acc0, scaling, c.range);
        *lower.at = (int8_t)requantize(acc1, scaling, c.range);
        upper.at += upper.step;
        lower.at += lower.step;
        v0 = v1;
        v1 = v2;
    }
#endif
}

/* One row of a filter three columns wide, of up to four rows; x_step: bytes to the words of the next output. */
XD_INLINE void stride(struct channel c, struct output_row out, uint32_t columns, uint32_t x_step)
{
    const int8_t *x = c.x;
#if IN_ASSEMBLY
    int32_t u0, u1, u2, bias, mul, add, shift, acc;
    __asm__ volatile(LOAD_CHANNEL "cv.setup 0, %[columns], 1f\n"
                                  "lw t1, 16(%[x])\n"
                                  "lw t2, 32(%[x])\n"
                                  "cv.lw t0, (%[x]), %[x_step]\n"
                                  "mv %[acc], %[bias]\n"
                                  "cv.sdotsp.b %[acc], t1, %[u1]\n"
                                  "cv.sdotsp.b %[acc], t2, %[u2]\n"
                                  "cv.sdotsp.b %[acc], t0, %[u0]\n" STORE("out") "1:"
                     : [x] "+r"(x), [out] "+r"(out.at), LOADED
                     : CHANNEL, [out_step] "r"(out.step), [x_step] "r"(x_step), [columns] "r"(columns)
                     : "t0", "t1", "t2", "memory");
#else
    int32_t bias = cv_lw_next(&c.record);
    struct scaling scaling = next_scaling(&c.record);
    for (; columns; columns--, x += x_step, out.at += out.step) {
        int32_t acc = cv_sdotsp_b(bias, word_at(x), c.weights[0]);
        acc = cv_sdotsp_b(acc, word_at(x + COLUMN_BYTES), c.weights[1]);
        acc = cv_sdotsp_b(acc, word_at(x + 2 * COLUMN_BYTES), c.weights[2]);
        *out.at = (int8_t)requantize(acc, scaling, c.range);
    }
#endif
}

/* Consecutive words of two outputs of a channel: 5 instructions for 8 MACs. */
XD_INLINE void dot_1x2(int32_t *acc0, int32_t *acc1, const int32_t **weights, const int8_t **x0, const int8_t **x1,
                       uint32_t words)
{
#if XDECIMATE_HARDWARE
    __asm__ volatile("cv.setup 0, %[words], 1f\n"
                     "cv.lw t0, (%[x0]), 16\n"
                     "cv.lw t2, (%[weights]), 4\n"
                     "cv.lw t1, (%[x1]), 16\n"
                     "cv.sdotsp.b %[acc0], t0, t2\n"
                     "cv.sdotsp.b %[acc1], t1, t2\n"
                     "1:"
                     : [acc0] "+r"(*acc0), [acc1] "+r"(*acc1), [weights] "+r"(*weights), [x0] "+r"(*x0), [x1] "+r"(*x1)
                     : [words] "r"(words)
                     : "t0", "t1", "t2", "memory");
#else
    for (; words--; *x0 += COLUMN_BYTES, *x1 += COLUMN_BYTES) {
        int32_t four = cv_lw_next(weights);
        *acc0 = cv_sdotsp_b(*acc0, word_at(*x0), four);
        *acc1 = cv_sdotsp_b(*acc1, word_at(*x1), four);
    }
#endif
}

/* One row of any filter, two outputs at a time. */
XD_INLINE void general(const struct depthwise_layer *layer, struct channel c, struct output_row out)
{
    const uint32_t column = layer->words * COLUMN_BYTES, gap = (layer->dx - 1) * column;
    const int32_t bias = cv_lw_next(&c.record);
    const struct scaling scaling = next_scaling(&c.record);
    const uint32_t parts = gap ? layer->fx : 1, words = gap ? layer->words : layer->fx * layer->words;
    for (uint32_t ox = 0; ox < layer->ox; ox += 2) {
        int has_second = ox + 1 < layer->ox;
        const int32_t *weights = c.weights;
        const int8_t *x0 = c.x + ox * layer->sx * column, *x1 = has_second ? x0 + layer->sx * column : x0;
        int32_t acc0 = bias, acc1 = bias;
        for (uint32_t part = parts; part; part--, x0 += gap, x1 += gap)
            dot_1x2(&acc0, &acc1, &weights, &x0, &x1, words);
        *out.at = (int8_t)requantize(acc0, scaling, c.range);
        out.at += has_second ? out.step : 0;
        *out.at = (int8_t)requantize(acc1, scaling, c.range);
        out.at += out.step;
    }
}

/* Columns of the buffer: padding before the input, the input's, and padding after it. */
struct extent {
    uint32_t before, inside, after;
};

XD_INLINE uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

XD_INLINE struct extent extent_of(const struct depthwise_layer *layer)
{
    uint32_t before = smaller(layer->px, layer->columns), inside = smaller(layer->ix, layer->columns - before);
    return (struct extent){before, inside, layer->columns - before - inside};
}

/* The input of four channels of output rows row to row + rows - 1; blank is a pixel of padding. */
static __attribute__((noinline)) void gather(const struct depthwise_layer *layer, int8_t *buffer, const int8_t *blank,
                                             uint32_t row, uint32_t rows, const int8_t *channels)
{
    const struct extent columns = extent_of(layer);
    const uint32_t pitch = layer->ix * layer->c, taps = layer->fy + (rows - 1) * layer->sy;
    int8_t *to = buffer + columns.before * layer->words * COLUMN_BYTES;
    uint32_t y = row * layer->sy - layer->py; /* above the input it is a large number */
    if (!columns.inside)
        return;
    for (uint32_t tap = 0; tap < 4 * layer->words; tap += 4, to += COLUMN_BYTES) {
        struct input_row from[4];
        int all_inside = tap + 4 <= taps && y < layer->iy && y + 3 * layer->dy < layer->iy;
        for (uint32_t lane = 0; lane < 4; lane++, y += layer->dy) {
            int inside = all_inside || (tap + lane < taps && y < layer->iy);
            from[lane].at = inside ? channels + y * pitch : blank;
            from[lane].step = inside ? layer->c : 0;
        }
        transpose(to, layer->words * COLUMN_BYTES, from, columns.inside);
    }
}

/* A channel of one or two output rows; lower is nowhere if there is one. */
typedef void channel_rows(const struct depthwise_layer *layer, struct channel c, struct output_row upper,
                          struct output_row lower, struct thirds columns);

XD_INLINE void slide_rows(const struct depthwise_layer *layer, struct channel c, struct output_row upper,
                          struct output_row lower, struct thirds columns)
{
    (void)layer;
    slide(c, upper, lower, columns);
}

XD_INLINE void stride_row(const struct depthwise_layer *layer, struct channel c, struct output_row upper,
                          struct output_row lower, struct thirds columns)
{
    (void)lower;
    (void)columns;
    stride(c, upper, layer->ox, layer->sx * COLUMN_BYTES);
}

XD_INLINE void general_row(const struct depthwise_layer *layer, struct channel c, struct output_row upper,
                           struct output_row lower, struct thirds columns)
{
    (void)lower;
    (void)columns;
    general(layer, c, upper);
}

/* A core's share of the units; blank and nowhere are words of its own. */
XD_INLINE void units(const struct depthwise_layer *layer, int8_t *buffer, int8_t *blank, int8_t *nowhere, uint32_t first,
                     uint32_t last, uint32_t step, channel_rows *compute)
{
    const uint32_t quads = (layer->c + 3) / 4;
    const struct thirds columns = {layer->ox / 3, layer->ox % 3};
    for (uint32_t unit = first; unit < last; unit += step) {
        uint32_t row = unit / quads * layer->group, channel = unit % quads * 4;
        uint32_t rows = smaller(layer->group, layer->oy - row), end = smaller(channel + 4, layer->c);
        struct output_row upper = {layer->output + row * layer->ox * layer->c + channel, layer->c};
        struct output_row lower = {nowhere, 0};
        const int8_t *weights = layer->weights + channel * layer->row;
        const int32_t *record = layer->requantization + channel * RECORD_WORDS;
        gather(layer, buffer, blank, row, rows, layer->input + channel);
        if (rows == 2)
            lower = (struct output_row){upper.at + layer->ox * layer->c, layer->c};
        for (const int8_t *x = buffer; channel < end; channel++, x += 4) {
            struct channel c = {(const int32_t *)weights, record, x, {layer->lo, layer->hi}};
            compute(layer, c, upper, lower, columns);
            weights += layer->row;
            record += RECORD_WORDS;
            upper.at++;
            lower.at += lower.step != 0;
        }
    }
}

depthwise_kernel KERNEL(depthwise_dense);

void KERNEL(depthwise_dense)(const struct depthwise_layer *layer, int8_t *buffer, uint32_t first, uint32_t last,
                             uint32_t step)
{
    const uint32_t column = layer->words * COLUMN_BYTES;
    const struct extent columns = extent_of(layer);
    int8_t *blank = buffer + layer->columns * column, *nowhere = blank + 4;
    fill_bytes(blank, (int8_t)layer->pad, 4);
    fill_bytes(buffer, (int8_t)layer->pad, columns.before * column);
    fill_bytes(blank - columns.after * column, (int8_t)layer->pad, columns.after * column);
    if (layer->group == 2)
        units(layer, buffer, blank, nowhere, first, last, step, slide_rows);
    else if (layer->fx == 3 && layer->words == 1 && layer->dx == 1)
        units(layer, buffer, blank, nowhere, first, last, step, stride_row);
    else
        units(layer, buffer, blank, nowhere, first, last, step, general_row);
}
