/* Teams: core 0 forks, the others sleep between its forks. */
#include "cluster.h"

static struct {
    void (*entry)(void *);
    void *argument;
} work IN_L1_ZERO;

void team_fork(uint32_t cores, void (*entry)(void *), void *argument)
{
    uint32_t team = (1u << cores) - 1;
    work.entry = entry;
    work.argument = argument;
    *CLUSTER_BARRIER_TEAM = team;
    *CLUSTER_EVENT_RAISE = (uint32_t)CLUSTER_EVENT_SOFTWARE0 << 16 | (team & ~1u);
    entry(argument);
    team_barrier();
}

/* What cores other than 0 do. */
__attribute__((noreturn)) void team_serve(void)
{
    *CLUSTER_EVENT_MASK = CLUSTER_EVENT_SOFTWARE0;
    for (;;) {
        (void)*CLUSTER_EVENT_WAIT;
        __asm__ volatile("" ::: "memory");
        work.entry(work.argument);
        team_barrier();
    }
}
