#define A_PITCH(k) (k)
#define COPIES 0
#define UNIT 4
#include "matmul_walks.h"

void cluster_matmul(const struct matmul_plan *plan, uint32_t cores)
{
    walk_products(plan, cores);
}
