/* The walks of tokens in four bands: each token of the plan is a word of four for each channel. */
#define ACTIVATION 4
#include "linear_walks.h"

void cluster_linear_banded(const struct linear_plan *plan, uint32_t cores)
{
    walk_tiles(plan, cores);
}

void cluster_linear_banded_in_turn(const struct linear_plan *plan, uint32_t cores)
{
    walk_in_turn(plan, cores);
}
