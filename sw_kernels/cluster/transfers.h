/* A core's transfers that are under way. They end in their order, so that a later one needs no wait for one before. */
#ifndef TRANSFERS_H
#define TRANSFERS_H

#include "cluster.h"

/* Most of them at a time. */
#define UNDER_WAY 4

struct transfers {
    uint32_t count; /* started since all were done */
    dma_transfer last[UNDER_WAY];
};

/* Wait until one more may be started. */
INLINE void make_room(struct transfers *transfers)
{
    if (transfers->count >= UNDER_WAY)
        dma_wait(transfers->last[transfers->count % UNDER_WAY]);
}

INLINE void add(struct transfers *transfers, dma_transfer transfer)
{
    transfers->last[transfers->count++ % UNDER_WAY] = transfer;
}

/* Wait until all are done. */
INLINE void finish(struct transfers *transfers)
{
    uint32_t oldest = transfers->count > UNDER_WAY ? transfers->count - UNDER_WAY : 0;
    for (; oldest < transfers->count; oldest++)
        dma_wait(transfers->last[oldest % UNDER_WAY]);
    transfers->count = 0;
}

#endif
