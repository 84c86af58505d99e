/* A product of two activations on the cluster: heads, tiles of the rows of b, strips of the rows of a.
 *
 * A block, which is a head's tile, comes to L1 while the block before is computed; the cores make its terms together,
 * and transpose it if b has rows of n. Then strip after strip of a comes to L1, while the strip before is computed and
 * the outputs of the one before that go back. The cores share parts: four rows of a, some columns.
 */
#ifndef MATMUL_PLAN_H
#define MATMUL_PLAN_H

#include "matmul_layer.h"

struct matmul_plan {
    struct matmul_layer layer; /* input, second and output are outside L1 */
    matmul_prepare *prepare;
    matmul_rows *rows;
    uint32_t strips, strip_t; /* rows of a; the last strip may be smaller */
    uint32_t tiles, tile_n;   /* rows of b; the last tile may be smaller, the others are multiples of 4 */
    uint32_t parts;           /* of a tile's columns, for each four rows of a */
    uint32_t pitch;           /* bytes from a row of the second operand to the next in L1 */
    int8_t *input[2], *weights[2], *output[2]; /* buffers in L1; both the same where one is enough */
    int32_t *terms;                            /* of a tile's columns */
    int8_t *columns;                           /* their rows of k if they are transposed */
    int8_t *scratch;
    uint32_t scratch_bytes; /* of each core's */
};

/* Run by every core of a team of cores cores. */
void cluster_matmul(const struct matmul_plan *plan, uint32_t cores);
/* The same for XDecmac: rows of a lie whole passes apart, and b is always made ready in columns. */
void cluster_matmul_quads(const struct matmul_plan *plan, uint32_t cores);

#endif
