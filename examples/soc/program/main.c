/* Prints through the UART, checks itself, and ends with 0 if all is right. */
#include <stdint.h>

#include "mix.h"
#include "print.h"

/* A write of n raises the interrupt n cycles later; 0 lowers it. */
#define TIMER (*(volatile uint32_t *)0x1A100004)
#define TICKS 3
#define MACHINE_TIMER_INTERRUPT 0x80000007u

static int failures;

static void check(const char *name, uint32_t result, uint32_t expected)
{
    print("%s = %u", name, result);
    if (result != expected) {
        print(", expected %u", expected);
        failures++;
    }
    print("\n");
}

static uint32_t hanoi(uint32_t discs, int from, int to)
{
    if (discs == 0)
        return 0;
    int other = 6 - from - to;
    return hanoi(discs - 1, from, other) + 1 + hanoi(discs - 1, other, to);
}

static uint32_t gcd(uint32_t a, uint32_t b)
{
    return b ? gcd(b, a % b) : a;
}

static volatile uint32_t ticks, unexpected;

__attribute__((interrupt, aligned(4))) static void handler(void)
{
    uint32_t cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    if (cause != MACHINE_TIMER_INTERRUPT)
        unexpected++;
    ticks++;
    TIMER = ticks < TICKS ? 100 : 0;
}

/* Sleeps until the timer has interrupted three times. */
static void wait_for_ticks(void)
{
    __asm__ volatile("csrw mtvec, %0" ::"r"(handler));
    __asm__ volatile("csrw mie, %0" ::"r"(1 << 7));
    TIMER = 100;
    while (ticks < TICKS) {
        /* With interrupts off, none comes between the comparison and wfi. */
        __asm__ volatile("csrci mstatus, 8");
        if (ticks < TICKS)
            __asm__ volatile("wfi");
        __asm__ volatile("csrsi mstatus, 8");
    }
}

int main(void)
{
    print("Hello from %s at 0x%08x\n", "RISC-V", (uint32_t)&main & 0xFF000000);
    volatile int32_t numerator = -1000, denominator = 7;
    print("%d / %d = %d, remainder %d\n", numerator, denominator, numerator / denominator, numerator % denominator);
    check("gcd", gcd(1071, 462), 21);
    check("hanoi", hanoi(5, 1, 3), 31);
    wait_for_ticks();
    check("ticks", ticks, TICKS);
    check("unexpected", unexpected, 0);
    check("mix", mix(1, 1), 55866);
    print(failures ? "%d failed\n" : "all passed\n", failures);
    return failures;
}
