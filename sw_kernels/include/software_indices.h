/* Unpacking the indices of the software format: four at a time, one in each byte lane of a word.
 *
 * Lane j of group q (four non-zeros; an index word holds GROUPS of them) becomes the distance of the activation from
 * the start of the word's blocks: SCALE * (M * (4 * q + j) + index), below 256 in every case.
 */
#ifndef SOFTWARE_INDICES_H
#define SOFTWARE_INDICES_H

#include "xdecimate.h"

#if M == 4
#define INDEX_BITS 2
#else
#define INDEX_BITS 4
#endif
#define GROUPS (8 / INDEX_BITS)

#define LANES(byte) ((byte) * UINT32_C(0x01010101))
#define INDEX_MASK(scale) LANES((scale) * ((1u << INDEX_BITS) - 1))
/* Distances of the blocks of group q. */
#define BLOCK_LANES(scale, q) (LANES((scale) * M * 4 * (q)) + (scale) * M * UINT32_C(0x03020100))

/* C model of the assembly's unpacking: distance of the activation for one lane of group q. */
XD_INLINE uint32_t software_distance(uint32_t word, unsigned q, unsigned lane)
{
    return M * (4 * q + lane) + (word >> (8 * lane + INDEX_BITS * q) & ((1u << INDEX_BITS) - 1));
}

#endif
