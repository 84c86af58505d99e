/* Teams of threads. */
#include <pthread.h>

#include "cluster.h"

__thread uint32_t host_core;

static uint32_t team;
static pthread_barrier_t barrier;

struct member {
    uint32_t core;
    void (*entry)(void *);
    void *argument;
};

uint32_t core_count(void)
{
    return team;
}

void team_barrier(void)
{
    pthread_barrier_wait(&barrier);
}

static void *serve(void *argument)
{
    const struct member *member = argument;
    host_core = member->core;
    member->entry(member->argument);
    return 0;
}

void team_fork(uint32_t cores, void (*entry)(void *), void *argument)
{
    pthread_t threads[CLUSTER_MAX_CORES];
    struct member members[CLUSTER_MAX_CORES];
    if (cores < 1 || cores > CLUSTER_MAX_CORES)
        abort();
    team = cores;
    pthread_barrier_init(&barrier, 0, cores);
    for (uint32_t core = 1; core < cores; core++) {
        members[core] = (struct member){core, entry, argument};
        if (pthread_create(&threads[core], 0, serve, &members[core]))
            abort();
    }
    entry(argument);
    for (uint32_t core = 1; core < cores; core++)
        pthread_join(threads[core], 0);
    pthread_barrier_destroy(&barrier);
}
