#include "network.h"

struct stretch {
    const struct network *network;
    uint32_t first, last;
    struct layer_profile *profile;
};

static void read_counters(uint32_t *to)
{
    for (uint32_t n = 0; n < CLUSTER_COUNTERS; n++)
        to[n] = CLUSTER_COUNTER[n];
}

static void run_steps(void *argument)
{
    const struct stretch *stretch = argument;
    const struct network *network = stretch->network;
    const uint32_t me = core_id();
    for (uint32_t i = stretch->first; i < stretch->last; i++) {
        const struct network_step *step = &network->step[i];
        uint32_t before[CLUSTER_COUNTERS], after[CLUSTER_COUNTERS];
        if (stretch->profile)
            read_counters(before);
        if (me == 0) {
            dma_transfer plan = dma_memcpy(network->plan, step->plan, step->plan_bytes);
            if (step->table_bytes)
                dma_wait(dma_memcpy(step->table_in_l1, step->table, step->table_bytes));
            dma_wait(plan);
        }
        team_barrier(); /* the plan is here */
        step->walk(network->plan, network->cores);
        team_barrier(); /* the step is done, and no core reads its plan any more */
        if (stretch->profile) {
            read_counters(after);
            for (uint32_t n = 0; n < CLUSTER_COUNTERS; n++)
                stretch->profile[i].core[me][n] = after[n] - before[n];
        }
    }
}

void network_steps(const struct network *network, uint32_t first, uint32_t last, struct layer_profile *profile)
{
    struct stretch stretch = {network, first, last, profile};
    team_fork(network->cores, run_steps, &stretch);
}

void network_copy(const struct network *network, int8_t *to, const int8_t *from, uint32_t bytes)
{
    for (uint32_t done = 0; done < bytes; done += network->l1_bytes) {
        uint32_t rest = bytes - done, part = rest < network->l1_bytes ? rest : network->l1_bytes;
        dma_wait(dma_memcpy(network->l1, from + done, part));
        dma_wait(dma_memcpy(to + done, network->l1, part));
    }
}

int network_run(const struct network *network, const int8_t *input, int8_t *output, struct layer_profile *profile)
{
    network_copy(network, network->input, input, network->input_bytes);
    network_steps(network, 0, network->steps, profile);
    network_copy(network, output, network->output, network->output_bytes);
    return 0;
}
