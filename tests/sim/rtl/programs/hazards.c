/* Mistakes that users make on a cluster, one a CASE. */
#include "cluster.h"
#include "xdecimate.h"

static uint8_t buffer[64] IN_L1_ZERO;
static uint8_t outside[64] __attribute__((section(".l2"))) = {1, 2, 3};

static void forget_the_barrier(void *argument)
{
    (void)argument;
    if (core_id() == 1)
        for (;;)
            __asm__ volatile("");
    team_barrier();
}

static int dig(volatile uint8_t *above, int depth)
{
    volatile uint8_t frame[100];
    frame[0] = above[0];
    return depth ? dig(frame, depth - 1) + frame[0] : 0;
}

static void overflow(void *argument)
{
    volatile uint8_t start = 0;
    (void)argument;
    if (core_id() == 2)
        dig(&start, 20);
}

static void execute_nothing(void *argument)
{
    (void)argument;
    if (core_id() == 1)
        __asm__ volatile(".word 0");
}

static void loop_too_briefly(void *argument)
{
    (void)argument;
    if (core_id() == 1)
        __asm__ volatile("cv.starti 0, 1f\ncv.endi 0, 2f\ncv.counti 0, 5\n1: nop\nnop\n2: nop\nnop");
}

int main(void)
{
    switch (CASE) {
    case 1:
        team_fork(3, forget_the_barrier, 0);
        return 0;
    case 2:
        team_fork(core_count(), overflow, 0);
        return 0;
    case 3: /* beyond L2's end */
        dma_wait(dma_memcpy(buffer, (const void *)0x1d000000, 16));
        return 0;
    case 4: /* no bytes: nothing happens */
        dma_wait(dma_memcpy(buffer, outside, 0));
        return buffer[0];
    case 5: /* any alignment */
        dma_wait(dma_memcpy(buffer + 3, outside + 1, 5));
        return buffer[2] != 0 || buffer[3] != 2 || buffer[4] != 3;
    case 7: /* no instruction, on core 1 */
        team_fork(2, execute_nothing, 0);
        return 0;
    case 8: /* a hardware loop of two instructions, on core 1 */
        team_fork(2, loop_too_briefly, 0);
        return 0;
    default:
        for (;;)
            __asm__ volatile("");
    }
}
