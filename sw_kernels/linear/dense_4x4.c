/* Dense fully-connected layer over tokens, four channels by four tokens. */
#include "linear_layer.h"
#include "requantize.h"

#if XD_IS(TIER) == XD_IS_wide
#define FOURS_RECORD 5
#else
#define FOURS_RECORD 4
#endif
#include "fours.h"

linear_kernel KERNEL(linear_dense_4x4);

void KERNEL(linear_dense_4x4)(const struct linear_layer *layer, uint32_t first, uint32_t last)
{
    const uint32_t tokens = layer->tokens, rows = tokens < ROWS ? tokens : ROWS;
    for (uint32_t done = 0; done < tokens; done += rows) {
        /* The last four start earlier where fewer are left: some outputs are computed twice. */
        const uint32_t token = done + rows < tokens ? done : tokens - rows;
        struct fours fours = {
            .record = layer->requantization + first * RECORD_WORDS,
            .x = layer->input + token * layer->c,
            .columns = layer->weights + first * layer->row,
            .out = layer->output + token * layer->k + first,
            .x_row = layer->c,
            .column_row = layer->row,
            .out_row = layer->k,
            .words = (layer->c + 3) / 4,
            .range = {layer->lo, layer->hi},
        };
        some_rows(&fours, last - first, rows);
    }
}
