/* A mix of integer work as benchmarks of embedded processors have it: list, matrix, state machine, checksum. */
#ifndef MIX_H
#define MIX_H

#include <stdint.h>

/* CRC-16 over the results of all four parts. */
uint16_t mix(uint32_t seed, int rounds);

#endif
