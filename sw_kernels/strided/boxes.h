/* Transfers of boxes: elements of several axes, with strides on both sides. */
#ifndef BOXES_H
#define BOXES_H

#include "strided_layer.h"
#include "transfers.h"

/* size bytes without gaps for each index of all axes; a stride is the distance in L1 (near) and outside (far). */
struct box {
    uint32_t size;
    uint32_t outer; /* the first axis that is used */
    uint32_t count[STRIDED_AXES];
    int32_t near[STRIDED_AXES], far[STRIDED_AXES];
};

/* Join axes of which one is the continuation of a row, then make the longest of the others the rows of two-dimensional
 * transfers, and walk the rest. The box is changed. */
static void transfer_box(struct transfers *transfers, struct box *box, int8_t *near, int8_t *far, int is_load)
{
    const uint32_t outer = box->outer;
    uint32_t rows_axis = outer, index[STRIDED_AXES];
    UNROLL(1)
    for (uint32_t axis = STRIDED_AXES; axis-- > outer;) {
        index[axis] = 0;
        if (box->count[axis] > 1 && box->near[axis] == (int32_t)box->size && box->far[axis] == (int32_t)box->size) {
            box->size *= box->count[axis];
            box->count[axis] = 1;
            axis = STRIDED_AXES; /* another axis may continue the longer row */
        }
    }
    UNROLL(1)
    for (uint32_t axis = outer + 1; axis < STRIDED_AXES; axis++)
        if (box->count[axis] > box->count[rows_axis])
            rows_axis = axis;
    const uint32_t rows = box->count[rows_axis];
    const uint32_t near_stride = (uint32_t)box->near[rows_axis], far_stride = (uint32_t)box->far[rows_axis];
    box->count[rows_axis] = 1;
    for (;;) {
        make_room(transfers);
        add(transfers, is_load ? dma_memcpy_2d(near, far, box->size, rows, near_stride, far_stride)
                               : dma_memcpy_2d(far, near, box->size, rows, far_stride, near_stride));
        uint32_t axis = STRIDED_AXES;
        UNROLL(1)
        while (axis-- > outer) {
            if (box->count[axis] == 1)
                continue;
            near += box->near[axis], far += box->far[axis];
            if (++index[axis] < box->count[axis])
                break;
            near -= (int32_t)index[axis] * box->near[axis], far -= (int32_t)index[axis] * box->far[axis];
            index[axis] = 0;
        }
        if (axis + 1 == outer)
            return;
    }
}

static void load_box(struct transfers *transfers, struct box *box, int8_t *to, const int8_t *from)
{
    transfer_box(transfers, box, to, (int8_t *)from, 1);
}

static void store_box(struct transfers *transfers, struct box *box, int8_t *to, const int8_t *from)
{
    transfer_box(transfers, box, (int8_t *)from, to, 0);
}

#endif
