#include "linear_walks.h"

void cluster_linear_in_turn(const struct linear_plan *plan, uint32_t cores)
{
    walk_in_turn(plan, cores);
}
