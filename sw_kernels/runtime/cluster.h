/* What a program on the cluster can ask of its runtime: teams, barriers, DMA.
 *
 * Reads like PULP's: team_fork, team_barrier, core_id, dma_memcpy, dma_memcpy_2d and dma_wait stand where
 * pi_cl_team_fork, pi_cl_team_barrier, pi_core_id, pi_cl_dma_cmd, pi_cl_dma_cmd_2d and pi_cl_dma_cmd_wait do.
 * main runs on core 0; the other cores sleep until it forks.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include "cluster_registers.h"
#include "runtime.h"

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t core_id(void)
{
    uint32_t id;
    __asm__("csrr %0, mhartid" : "=r"(id));
    return id;
}

INLINE uint32_t core_count(void)
{
    return *CLUSTER_CORES;
}

/* Run entry(argument) on cores 0 to cores - 1, the calling core 0 among them; returns when all are done. */
void team_fork(uint32_t cores, void (*entry)(void *), void *argument);

/* Wait for all cores of the team. What they stored before it is seen after it. */
INLINE void team_barrier(void)
{
#ifdef __riscv_xcvelw
    __asm__ volatile("cv.elw zero, 0(%0)" ::"r"(CLUSTER_BARRIER_WAIT));
#else
    (void)*CLUSTER_BARRIER_WAIT;
#endif
    __asm__ volatile("" ::: "memory");
}

/* A transfer that has been started. */
typedef uint32_t dma_transfer;

/* Start to copy rows rows of size bytes each; one side is in L1, the other outside. A stride is the distance between
 * the starts of two rows. Waits while another core sets one up or the queue is full. Numbers of transfers come round
 * after 16: wait for one before that many later ones are started. */
INLINE dma_transfer dma_memcpy_2d(void *to, const void *from, uint32_t size, uint32_t rows, uint32_t to_stride,
                                  uint32_t from_stride)
{
    __asm__ volatile("" ::: "memory");
    dma_transfer transfer = *CLUSTER_DMA_CLAIM;
    *CLUSTER_DMA_SOURCE = (uint32_t)from;
    *CLUSTER_DMA_DESTINATION = (uint32_t)to;
    *CLUSTER_DMA_SIZE = size;
    *CLUSTER_DMA_ROWS = rows;
    *CLUSTER_DMA_SOURCE_STRIDE = from_stride;
    *CLUSTER_DMA_DESTINATION_STRIDE = to_stride;
    *CLUSTER_DMA_START = 0;
    return transfer;
}

INLINE dma_transfer dma_memcpy(void *to, const void *from, uint32_t size)
{
    __asm__ volatile("" ::: "memory");
    dma_transfer transfer = *CLUSTER_DMA_CLAIM;
    *CLUSTER_DMA_SOURCE = (uint32_t)from;
    *CLUSTER_DMA_DESTINATION = (uint32_t)to;
    *CLUSTER_DMA_SIZE = size;
    *CLUSTER_DMA_START = 0;
    return transfer;
}

/* Sleep until a transfer is done: 0, or 1 when it failed. */
INLINE uint32_t dma_wait_status(dma_transfer transfer)
{
    uint32_t status = CLUSTER_DMA_WAIT[transfer];
    __asm__ volatile("" ::: "memory");
    return status;
}

/* The same; a transfer that failed ends the program with EXIT_DMA + its number. */
INLINE void dma_wait(dma_transfer transfer)
{
    if (dma_wait_status(transfer))
        exit(EXIT_DMA + (int)transfer);
}

#endif
