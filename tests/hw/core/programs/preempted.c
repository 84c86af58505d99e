/* xdecimate in hardware loops, preempted at random by a handler that uses xdecimate too and keeps the counter.
 *
 * results holds two registers a round, taken the number of interrupts. Rounds are repeated until there have been
 * TAKEN of them. */
#include "runtime.h"
#include "xdecimate.h"

#define ROUNDS 60
#define BYTES 512

uint8_t buffer[BYTES];
uint32_t results[ROUNDS][2];
volatile uint32_t taken;
static uint32_t random_state = SEED;
static volatile uint32_t *const timer = (volatile uint32_t *)TIMER;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

static void arm(void)
{
    *timer = LATENCY + next_random() % INTERVAL;
}

__attribute__((interrupt("machine"), aligned(4))) static void handler(void)
{
    uint32_t counter = xdecimate_counter_read();
    *timer = 0;
    xdecimate_clear();
    xdecimate_m16(0, "", 0);
    taken++;
    xdecimate_counter_write(counter);
    arm();
}

#define PAIR(M) "xdecimate." M " %0, %2, %4\n\txdecimate." M " %1, %3, %4\n\t"
#define RUN(M)                                                                                                    \
    __asm__ volatile(".option push\n\t.option norelax\n\tcv.setupi 0, 4, 9f\n\t" PAIR(M) PAIR(M) PAIR(M) PAIR(M)  \
                     "9:\n\t.option pop"                                                                          \
                     : "+&r"(a), "+&r"(b)                                                                         \
                     : "r"(buffer), "r"(buffer + BYTES / 4), "r"(0x9E3779B1u * (round + 1))                       \
                     : "memory")

int main(void)
{
    for (uint32_t i = 0; i < BYTES; i++)
        buffer[i] = i * 37 + (i >> 3);
    __asm__ volatile("csrw mtvec, %0" ::"r"(handler));
    __asm__ volatile("csrw mie, %0" ::"r"(1 << 7));
    arm();
    __asm__ volatile("csrsi mstatus, 8");
    for (uint32_t number = 0; number < ROUNDS || taken < TAKEN; number++) {
        uint32_t round = number % ROUNDS;
        uint32_t a = round, b = ~round;
        xdecimate_clear();
        if (round % 3 == 0)
            RUN("m4");
        else if (round % 3 == 1)
            RUN("m8");
        else
            RUN("m16");
        results[round][0] = a;
        results[round][1] = b;
    }
    __asm__ volatile("csrci mstatus, 8");
    return 0;
}
