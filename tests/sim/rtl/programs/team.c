/* Forks teams of every size, meets at barriers, and moves bytes from L2 to L1 and back by every core. */
#include "cluster.h"

#define BYTES 100

static uint8_t source[16][BYTES + 8] __attribute__((section(".l2"))) = {{1, 2, 3}, {4, 5, 6}};
uint8_t destination[16][BYTES] __attribute__((section(".l2"))) = {{1}};
static uint8_t buffers[16][BYTES + 4] IN_L1_ZERO;
uint32_t arrivals[16] IN_L1_ZERO;
uint32_t wrong IN_L1_ZERO;
volatile uint32_t stage[16] IN_L1_ZERO;

static void meet(void *argument)
{
    uint32_t cores = (uint32_t)argument, me = core_id();
    for (uint32_t round = 1; round <= 5; round++) {
        for (volatile uint32_t wait = 0; wait < 7 * me; wait++)
            ;
        stage[me] = round;
        team_barrier();
        for (uint32_t other = 0; other < cores; other++)
            if (stage[other] != round)
                wrong = 1;
        team_barrier();
    }
    arrivals[me]++;
}

static void move(void *argument)
{
    uint32_t me = core_id();
    (void)argument;
    dma_wait(dma_memcpy(buffers[me] + 1, source[me] + me % 5, BYTES - me));
    for (uint32_t i = 0; i < BYTES - me; i++)
        buffers[me][1 + i] += (uint8_t)(me + i);
    dma_wait(dma_memcpy_2d(destination[me], buffers[me] + 1, 5, (BYTES - me) / 5, 5, 5));
}

int main(void)
{
    uint32_t cores = core_count();
    for (uint32_t n = 1; n <= cores; n++) {
        for (uint32_t i = 0; i < cores; i++)
            stage[i] = 0;
        team_fork(n, meet, (void *)n);
    }
    for (uint32_t i = 0; i < cores; i++)
        if (arrivals[i] != cores - i)
            return 2;
    team_fork(cores, move, 0);
    for (uint32_t me = 0; me < cores; me++)
        for (uint32_t i = 0; i < (BYTES - me) / 5 * 5; i++)
            if (destination[me][i] != (uint8_t)(source[me][me % 5 + i] + me + i))
                return 3;
    return (int)wrong;
}
