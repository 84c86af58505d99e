/* A network on the cluster: a table of steps, each the walk of one layer. Nothing is allocated.
 *
 *     extern const struct network model_resnet8;
 *     network_run(&model_resnet8, input, output, 0);
 *
 * input and output lie outside L1. The network's activations, weights and its part of L1 are static objects of the
 * program that it is linked to. Runs on core 0, which forks the team.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "cluster.h"

struct network_step {
    void (*walk)(const void *plan, uint32_t cores);
    const void *plan;
    uint32_t plan_bytes;
    void *table_in_l1; /* where the plan has its table of tiles, or 0 */
    const void *table;
    uint32_t table_bytes;
    const int8_t *output; /* of this step, until a later step overwrites it */
    uint32_t output_bytes;
};

struct network {
    uint32_t cores, steps;
    const struct network_step *step;
    int8_t *input;        /* where the first step reads */
    const int8_t *output; /* where the last step writes */
    uint32_t input_bytes, output_bytes;
    void *plan;     /* in L1, room for the largest plan */
    int8_t *l1;     /* in L1, the buffers of the step that runs */
    uint32_t l1_bytes;
};

/* What the counters of each core gained in one step. */
struct layer_profile {
    uint32_t core[CLUSTER_MAX_CORES][CLUSTER_COUNTERS];
};

/* Compute output from input. profile has an element for each step, or is 0. Returns 0; a transfer that fails ends the
 * program with EXIT_DMA + its number. */
int network_run(const struct network *network, const int8_t *input, int8_t *output, struct layer_profile *profile);

/* Steps first to last - 1 alone, on what lies in the network's own memory. */
void network_steps(const struct network *network, uint32_t first, uint32_t last, struct layer_profile *profile);

/* Copy bytes between places outside L1, through the network's part of L1. */
void network_copy(const struct network *network, int8_t *to, const int8_t *from, uint32_t bytes);

#endif
