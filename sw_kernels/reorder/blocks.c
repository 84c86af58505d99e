/* Blocks of four words: 18 instructions for 16 bytes. */
#include "reorder_layer.h"
#include "transpose.h"
#include "xdecimate.h"

reorder_kernel reorder_blocks;

#if XDECIMATE_HARDWARE
#define LOAD_WORDS                \
    "cv.lw t0, (%[words]), 4\n"   \
    "cv.lw t1, (%[words]), 4\n"   \
    "cv.lw t2, (%[words]), 4\n"   \
    "cv.lw t3, (%[words]), 4\n"
#define STORE_WORDS               \
    "cv.sw t4, (%[words]), 4\n"   \
    "cv.sw t2, (%[words]), 4\n"   \
    "cv.sw t0, (%[words]), 4\n"   \
    "cv.sw t3, (%[words]), 4\n"
#define LOAD_ROWS                 \
    "cv.lw t0, (%[r0]), 4\n"      \
    "cv.lw t1, (%[r1]), 4\n"      \
    "cv.lw t2, (%[r2]), 4\n"      \
    "cv.lw t3, (%[r3]), 4\n"
#define STORE_ROWS                \
    "cv.sw t4, (%[r0]), 4\n"      \
    "cv.sw t2, (%[r1]), 4\n"      \
    "cv.sw t0, (%[r2]), 4\n"      \
    "cv.sw t3, (%[r3]), 4\n"
#define BLOCKS(LOAD, STORE)                                                                           \
    __asm__ volatile("cv.setup 0, %[blocks], 1f\n" LOAD TRANSPOSE_4X4 STORE "1:"                      \
                     : [words] "+r"(words), [r0] "+r"(r0), [r1] "+r"(r1), [r2] "+r"(r2), [r3] "+r"(r3) \
                     : [blocks] "r"(blocks), [even] "r"(EVEN_BYTES), [odd] "r"(ODD_BYTES)             \
                     : "t0", "t1", "t2", "t3", "t4", "t5", "memory")

/* Blocks from word first on that all bands have. */
XD_INLINE void convert_blocks(const struct reorder_layer *layer, uint32_t first, uint32_t blocks)
{
    const int8_t *rows = layer->banded ? layer->input : layer->output, *r0 = rows + first, *r1 = r0 + layer->pitch;
    const int8_t *r2 = r1 + layer->pitch, *r3 = r2 + layer->pitch;
    const int8_t *words = (layer->banded ? layer->output : layer->input) + 4 * first;
    if (layer->banded)
        BLOCKS(LOAD_ROWS, STORE_WORDS);
    else
        BLOCKS(LOAD_WORDS, STORE_ROWS);
}
#endif

XD_INLINE void convert_word(const struct reorder_layer *layer, uint32_t word)
{
    uint32_t place = word;
    for (uint32_t band = 0; band < 4; band++, place += layer->pitch) {
        if (layer->banded)
            layer->output[4 * word + band] = place < layer->bytes ? layer->input[place] : 0;
        else if (place < layer->bytes)
            layer->output[place] = layer->input[4 * word + band];
    }
}

void reorder_blocks(const struct reorder_layer *layer, uint32_t first, uint32_t last)
{
#if XDECIMATE_HARDWARE
    uint32_t before = 3 * layer->pitch, whole = layer->bytes > before ? layer->bytes - before : 0;
    uint32_t end = last < whole ? last : whole;
    uint32_t blocks = first < end ? (end - first) >> 2 : 0;
    if (blocks)
        convert_blocks(layer, first, blocks);
    first += 4 * blocks;
#endif
    for (; first < last; first++)
        convert_word(layer, first);
}
