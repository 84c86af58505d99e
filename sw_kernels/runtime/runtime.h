/* What a program can ask of the runtime and of the core it runs on. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdint.h>

/* A global in L1, next to the core; zeroed ones only take room in memory, not in the program's file. */
#define IN_L1 __attribute__((section(".l1"), aligned(16)))
#define IN_L1_ZERO __attribute__((section(".l1_zero"), aligned(16)))

/* End the program: 0 stores 1 (pass) to tohost, anything else code << 1 | 1. A trap ends it with 0x1000 + mcause. */
__attribute__((noreturn)) void exit(int code);

/* Low word of the cycle counter. */
static inline uint32_t cycles(void)
{
    uint32_t value;
    __asm__ volatile("csrr %0, mcycle" : "=r"(value)::"memory");
    return value;
}

/* Low word of the counter of retired instructions. */
static inline uint32_t instructions(void)
{
    uint32_t value;
    __asm__ volatile("csrr %0, minstret" : "=r"(value)::"memory");
    return value;
}

#endif
