#include "words.h"

#define A_PITCH(k) whole_passes(k)
#define COPIES 1
#define UNIT 1
#include "matmul_walks.h"

void cluster_matmul_quads(const struct matmul_plan *plan, uint32_t cores)
{
    walk_products(plan, cores);
}
