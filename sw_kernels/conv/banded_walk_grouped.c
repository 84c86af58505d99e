#define GROUPED 1
#include "banded_walks.h"

void cluster_conv_banded_grouped(const struct conv_banded_plan *plan, uint32_t cores)
{
    walk_bands(plan, cores);
}
