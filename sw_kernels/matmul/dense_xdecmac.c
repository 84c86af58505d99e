/* Product of activations with xdecmac: rows of a by four rows of b, whose elements lie side by side in words. A pass takes
 * 10 instructions for 32 MACs. What a column adds to its accumulators preloads them, four columns after the other; what a
 * row adds is part of its addend.
 */
#define TIER short

#include "clip_lanes.h"
#include "words.h"

/* Rows of a that are computed together. */
struct product_rows {
    const int8_t *x;
    const int32_t *addends; /* of xdecq, one for each row */
    uint32_t count;
    uint32_t passes, pitch; /* of a row; bytes from its last pass to the next row */
    uint32_t parameters;    /* of xdecq */
    struct range range;
};

#if XDECIMATE_HARDWARE
#define FOUR(weights)                                                                     \
    "xdecmac.m1 " weights ", %[words], zero\nxdecmac.m1 " weights ", %[words], zero\n"  \
    "xdecmac.m1 " weights ", %[words], zero\nxdecmac.m1 " weights ", %[words], zero\n"
/* Four outputs of a row. */
#define FOUR_COLUMNS                                                \
    "cv.setup 0, %[passes], 1f\n"                                 \
    "cv.lw t0, (%[x]), 4\n"                                       \
    "cv.lw t1, (%[x]), 4\n" FOUR("t0") FOUR("t1")                 \
    "1:\n"                                                         \
    "cv.lw t0, (%[addends]), 4\n"                                 \
    "add %[x], %[x], %[pitch]\n"                                  \
    "xdecq t1, %[parameters], t0\n" CLIP_LANES("t1")              \
    "cv.sw t1, (%[out]), %[out_pitch]\n"
#define COLUMNS_ASM(text)                                                                                          \
    __asm__ volatile(text                                                                                         \
                     : [x] "+r"(x), [addends] "+r"(addends), [out] "+r"(out)                                      \
                     : [words] "r"(words), [count] "r"(rows->count), [passes] "r"(rows->passes),                  \
                       [pitch] "r"(rows->pitch), [parameters] "r"(rows->parameters), [out_pitch] "r"(out_pitch),  \
                       [lo] "r"(rows->range.lo), [hi] "r"(rows->range.hi)                                         \
                     : "t0", "t1", "memory")
#else
/* Four outputs of a row; returns what follows the row. */
XD_INLINE const int8_t *four_columns(const struct product_rows *rows, const int8_t *x, const int8_t *words,
                                     int32_t addend, int8_t *out)
{
    const int32_t *four = (const int32_t *)x;
    for (uint32_t pass = 0; pass < 2 * rows->passes; pass++) {
        uint32_t weights = (uint32_t)cv_lw_next(&four);
        for (unsigned weight = 0; weight < 4; weight++)
            xdecmac_m1(weights, words, 0);
    }
    uint32_t outputs = xdecq(rows->parameters, addend);
    for (unsigned lane = 0; lane < 4; lane++)
        out[lane] = (int8_t)clip((int8_t)(outputs >> 8 * lane), rows->range);
    return (const int8_t *)four + rows->pitch;
}
#endif

/* Four columns of all rows, from accumulators of 0. */
XD_INLINE void plain_columns(const struct product_rows *rows, const int8_t *words, int8_t *out, uint32_t out_pitch)
{
    const int8_t *x = rows->x;
    const int32_t *addends = rows->addends;
#if XDECIMATE_HARDWARE
    COLUMNS_ASM("cv.setup 1, %[count], 2f\n" FOUR_COLUMNS "2:");
#else
    for (uint32_t row = 0; row < rows->count; row++, out += out_pitch)
        x = four_columns(rows, x, words, *addends++, out);
#endif
}

/* The same from accumulators that begin with the columns' terms. */
XD_INLINE void preloaded_columns(const struct product_rows *rows, const int8_t *words, const int32_t *terms, int8_t *out,
                                 uint32_t out_pitch)
{
    const int8_t *x = rows->x;
    const int32_t *addends = rows->addends;
    const int32_t term0 = terms[0], term1 = terms[1], term2 = terms[2], term3 = terms[3];
    for (uint32_t row = 0; row < rows->count; row++) {
        (void)xdecmac_accumulator_exchange(term0);
        (void)xdecmac_accumulator_exchange(term1);
        (void)xdecmac_accumulator_exchange(term2);
        (void)xdecmac_accumulator_exchange(term3);
#if XDECIMATE_HARDWARE
        COLUMNS_ASM(FOUR_COLUMNS);
#else
        x = four_columns(rows, x, words, *addends++, out);
        out += out_pitch;
#endif
    }
}

/* Addends of rows of a: what a row adds to its accumulators is scaled as they are. */
XD_INLINE void find_addends(const struct matmul_layer *layer, const int8_t *a, int32_t *addends, uint32_t count)
{
    const int32_t factor = layer->mul & 0xffff;
    for (; count; count--, a += layer->a_pitch) {
        int32_t addend = layer->add;
        if (layer->zero_b) {
            const int8_t *x = a;
            int32_t sum = sum_lanes(&x, layer->k / 4);
            for (uint32_t rest = layer->k % 4; rest; rest--)
                sum += *x++;
            addend += (int32_t)(((int64_t)(-layer->zero_b * sum) * factor + (1 << 15)) >> 16);
        }
        *addends++ = addend;
    }
}

/* All columns of count rows of a, which begin at words and have bytes of any value up to whole passes. */
XD_INLINE void product_of_rows(const struct matmul_layer *layer, const int8_t *a, const struct matmul_columns *columns,
                               int8_t *out, int32_t *addends, uint32_t count)
{
    const uint32_t whole = whole_passes(layer->k), left = layer->n % 4;
    const struct product_rows rows = {
        .x = a,
        .addends = addends,
        .count = count,
        .passes = whole / PASS,
        .pitch = layer->a_pitch - whole,
        .parameters = (uint32_t)layer->mul,
        .range = {layer->lo, layer->hi},
    };
    find_addends(layer, a, addends, count);
    for (uint32_t column = 0; column < layer->n; column += 4) {
        const int8_t *words = columns->rows + column * layer->row;
        const int32_t *terms = columns->terms + column;
        if (column + 4 > layer->n) {
            /* The last columns: a word would reach into the next row. */
            for (uint32_t row = 0; row < count; row++) {
                int32_t last = 0;
                const struct product_rows one = {a + row * layer->a_pitch, addends + row, 1, rows.passes, 0,
                                                 rows.parameters, rows.range};
                preloaded_columns(&one, words, terms, (int8_t *)&last, 4);
                copy_bytes(out + row * layer->out_pitch + column, (const int8_t *)&last, left);
            }
        } else if (layer->zero_a) {
            preloaded_columns(&rows, words, terms, out + column, layer->out_pitch);
        } else {
            plain_columns(&rows, words, out + column, layer->out_pitch);
        }
    }
}

matmul_prepare CLIPPED_KERNEL(matmul_dense_xdecmac_prepare);
matmul_rows CLIPPED_KERNEL(matmul_dense_xdecmac_rows);
matmul_kernel CLIPPED_KERNEL(matmul_dense_xdecmac);

void CLIPPED_KERNEL(matmul_dense_xdecmac_prepare)(const struct matmul_layer *layer, const int8_t *b, int8_t *words,
                                                  int32_t *terms, uint32_t first, uint32_t last)
{
    (void)xdecq(0, 0); /* clears accumulators and the counter */
    prepare_words(layer, b, words, terms, first, last);
}

void CLIPPED_KERNEL(matmul_dense_xdecmac_rows)(const struct matmul_layer *layer, const int8_t *a,
                                               const struct matmul_columns *columns, int8_t *out, int8_t *scratch,
                                               uint32_t count)
{
    (void)xdecq(0, 0);
    product_of_rows(layer, a, columns, out, (int32_t *)scratch, count);
}

void CLIPPED_KERNEL(matmul_dense_xdecmac)(const struct matmul_layer *layer, int8_t *buffer, uint32_t first, uint32_t last)
{
    const uint32_t rounded = (layer->n + 3) & ~3u;
    int32_t *terms = (int32_t *)buffer, addend;
    int8_t *words = buffer + 4 * rounded, *copy = words + rounded * layer->row;
    const struct matmul_columns columns = {words, terms};
    uint32_t ready = UINT32_MAX; /* the head whose words are there */
    (void)xdecq(0, 0);
    for (; first < last; first++) {
        const uint32_t head = first / layer->t, row = first - head * layer->t;
        if (head != ready)
            prepare_words(layer, layer->second + layer->b_start + head * layer->b_head, words, terms, 0, layer->n);
        ready = head;
        copy_bytes(copy, layer->input + layer->a_start + head * layer->a_head + row * layer->a_pitch, layer->k);
        product_of_rows(layer, copy, &columns, layer->output + head * layer->out_head + row * layer->out_pitch, &addend, 1);
    }
}
