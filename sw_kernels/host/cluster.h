/* The cluster's runtime on a PC: a thread for each core, memcpy for the DMA, counters that stay 0.
 *
 * A transfer is done when it is started. Sanitizers see the buffers as objects of their own, for IN_L1 places nothing.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cluster_registers.h"

#undef CLUSTER_COUNTER
#define CLUSTER_COUNTER ((const volatile uint32_t[CLUSTER_COUNTERS]){0})

#define IN_L1 __attribute__((aligned(16)))
#define IN_L1_ZERO __attribute__((aligned(16)))
#define INLINE static inline __attribute__((always_inline, unused))

extern __thread uint32_t host_core;

INLINE uint32_t core_id(void)
{
    return host_core;
}

uint32_t core_count(void);

void team_fork(uint32_t cores, void (*entry)(void *), void *argument);
void team_barrier(void);

typedef uint32_t dma_transfer;

INLINE dma_transfer dma_memcpy_2d(void *to, const void *from, uint32_t size, uint32_t rows, uint32_t to_stride,
                                  uint32_t from_stride)
{
    for (uint32_t row = 0; row < rows; row++) /* strides may be negative */
        memcpy((char *)to + (int32_t)to_stride * (intptr_t)row, (const char *)from + (int32_t)from_stride * (intptr_t)row,
               size);
    return 0;
}

INLINE dma_transfer dma_memcpy(void *to, const void *from, uint32_t size)
{
    memcpy(to, from, size);
    return 0;
}

INLINE uint32_t dma_wait_status(dma_transfer transfer)
{
    (void)transfer;
    return 0;
}

INLINE void dma_wait(dma_transfer transfer)
{
    (void)transfer;
}

INLINE uint32_t cycles(void)
{
    return 0;
}

INLINE uint32_t instructions(void)
{
    return 0;
}

#endif
