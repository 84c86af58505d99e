/* Transfers that move nothing until their core waits for them or a later one: with late_transfers set, no earlier. */
#ifndef LATE_TRANSFERS_H
#define LATE_TRANSFERS_H

#include "cluster.h"

extern int late_transfers;

struct late_transfer {
    char *to;
    const char *from;
    uint32_t size, rows, to_stride, from_stride;
};

/* Of this core, in their order. */
static __thread struct late_transfer started[16];
static __thread uint32_t begun, ended;

INLINE dma_transfer late_memcpy_2d(void *to, const void *from, uint32_t size, uint32_t rows, uint32_t to_stride,
                                   uint32_t from_stride)
{
    if (!late_transfers)
        return dma_memcpy_2d(to, from, size, rows, to_stride, from_stride);
    if (begun - ended == 16)
        abort();
    started[begun % 16] = (struct late_transfer){to, from, size, rows, to_stride, from_stride};
    return ++begun;
}

INLINE dma_transfer late_memcpy(void *to, const void *from, uint32_t size)
{
    return late_memcpy_2d(to, from, size, 1, size, size);
}

INLINE void late_wait(dma_transfer transfer)
{
    while (ended < transfer) {
        const struct late_transfer *next = &started[ended++ % 16];
        dma_memcpy_2d(next->to, next->from, next->size, next->rows, next->to_stride, next->from_stride);
    }
}

#define dma_memcpy_2d late_memcpy_2d
#define dma_memcpy late_memcpy
#define dma_wait late_wait

#endif
