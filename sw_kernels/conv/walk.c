#include "conv_tiles.h"
#include "walk_strips.h"

XD_INLINE void gather(struct pair pair)
{
    pair.layer->input = pair.image;
    *pair.patches = pair.plan->gather(pair.layer, pair.im2col, pair.pixel, pair.last);
}

XD_INLINE void compute(struct pair pair, uint32_t tile, uint32_t buffer)
{
    enter_tile(pair.layer, pair.plan, tile, buffer);
    compute_channels(pair, tile * pair.plan->tile_k);
}

void cluster_conv(const struct conv_plan *plan, uint32_t cores)
{
    walk_strips(plan, cores, load_tile, gather, compute);
}
