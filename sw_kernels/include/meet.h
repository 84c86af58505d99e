/* With MEETS, a core meets the others of its team at a barrier before each channel: MEET in assembly, which has BARRIER
 * among its operands, and meet() in C.
 */
#ifndef MEET_H
#define MEET_H

#include "xdecimate.h"

#if MEETS
#include "cluster.h"
#ifdef __riscv_xcvelw
#define MEET "cv.elw zero, 0(%[barrier])\n"
#else
#define MEET "lw zero, (%[barrier])\n"
#endif
#define BARRIER , [barrier] "r"(CLUSTER_BARRIER_WAIT)
#else
#define MEET
#define BARRIER
#endif

XD_INLINE void meet(void)
{
#if MEETS
    team_barrier();
#endif
}

#endif
