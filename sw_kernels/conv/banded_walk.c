#define GROUPED 0
#include "banded_walks.h"

void cluster_conv_banded(const struct conv_banded_plan *plan, uint32_t cores)
{
    walk_bands(plan, cores);
}
