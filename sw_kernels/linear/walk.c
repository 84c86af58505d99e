#include "linear_walks.h"

void cluster_linear(const struct linear_plan *plan, uint32_t cores)
{
    walk_tiles(plan, cores);
}
