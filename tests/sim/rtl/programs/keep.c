/* Asks the test bench for what two arrays hold, one in L2 before and after it changes, one in L3. */
#include "cluster.h"

volatile struct {
    const void *from;
    uint32_t bytes;
} keep __attribute__((section(".data"), aligned(8)));

static uint32_t near[3] __attribute__((section(".data"), aligned(16))) = {0x03020100, 0x07060504, 0x0b0a0908};
static uint32_t far[2] __attribute__((section(".l3_zero"), aligned(16)));

static void ask(const void *from, uint32_t bytes)
{
    keep.from = from;
    keep.bytes = bytes;
}

int main(void)
{
    ask(near + 1, 6); /* whole words: 8 bytes */
    *(volatile uint32_t *)(near + 1) = 0x11121314;
    ask(near + 1, 4);
    *(volatile uint32_t *)(far + 1) = 0x21222324;
    ask(far, 8);
    return 0;
}
