/* Asks the device for each interrupt in turn, sleeps until it comes, and notes cause and order. */
#include "runtime.h"

volatile uint32_t causes[3], counts[3];
static volatile uint32_t taken;
static volatile uint32_t *const device = (volatile uint32_t *)DEVICE;

__attribute__((interrupt("machine"), aligned(4))) static void handler(void)
{
    uint32_t cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    causes[taken] = cause;
    counts[taken] = device[taken];
    device[taken] = 0;
    taken++;
}

int main(void)
{
    __asm__ volatile("csrw mtvec, %0" ::"r"(handler));
    __asm__ volatile("csrw mie, %0" ::"r"(1 << 3 | 1 << 7 | 1 << 11));
    for (uint32_t n = 0; n < 3; n++) {
        device[n] = DELAY;
        __asm__ volatile("csrsi mstatus, 8");
        while (taken == n)
            __asm__ volatile("wfi");
        __asm__ volatile("csrci mstatus, 8");
        if (device[n])
            return 2;
    }
    return 0;
}
