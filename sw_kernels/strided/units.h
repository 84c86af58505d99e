/* Units of a strided view one by one: the walk that its kernels share. */
#ifndef UNITS_H
#define UNITS_H

#include "strided_layer.h"
#include "xdecimate.h"

#define LAST_AXIS (STRIDED_AXES - 1)

/* Units along an axis but the last. */
XD_INLINE uint32_t units_along(const struct strided_layer *layer, uint32_t axis)
{
    uint32_t count = layer->axis[axis].count;
    return axis == layer->across ? (count + 3) >> 2 : count;
}

/* All of them. */
XD_INLINE uint32_t units_of(const struct strided_layer *layer)
{
    uint32_t units = 1;
    UNROLL(1)
    for (uint32_t axis = layer->outer; axis < LAST_AXIS; axis++)
        units *= units_along(layer, axis);
    return units;
}

/* Rows rows of the last axis, from and to where the first of them lies. */
typedef void unit_kernel(const struct strided_layer *layer, const int8_t *from, int8_t *to, uint32_t rows);

XD_INLINE void walk_units(const struct strided_layer *layer, uint32_t first, uint32_t last, unit_kernel *unit)
{
    uint32_t index[LAST_AXIS], rest = first;
    UNROLL(1)
    for (uint32_t axis = LAST_AXIS; axis-- > layer->outer;) {
        uint32_t count = units_along(layer, axis);
        index[axis] = 0;
        if (count > 1) {
            index[axis] = rest % count;
            rest /= count;
        }
    }
    for (; first < last; first++) {
        const int8_t *from = layer->input + layer->offset;
        int8_t *to = layer->output;
        uint32_t rows = 1;
        UNROLL(1)
        for (uint32_t axis = layer->outer; axis < LAST_AXIS; axis++) {
            const struct strided_axis *along = &layer->axis[axis];
            uint32_t at = index[axis];
            if (axis == layer->across) {
                at *= 4;
                rows = along->count - at < 4 ? along->count - at : 4;
            }
            from += (int32_t)at * along->from;
            to += (int32_t)at * along->to;
        }
        unit(layer, from, to, rows);
        UNROLL(1)
        for (uint32_t axis = LAST_AXIS; axis-- > layer->outer && ++index[axis] == units_along(layer, axis);)
            index[axis] = 0;
    }
}

/* Each row by itself: elements of the input step bytes apart, one after the other. */
XD_INLINE void gather_rows(const struct strided_layer *layer, const int8_t *from, int8_t *to, uint32_t rows)
{
    const struct strided_axis *last = &layer->axis[LAST_AXIS];
    const int32_t step = last->from, next = rows > 1 ? layer->axis[layer->across].to : 0;
    for (; rows; rows--, from++, to += next) {
        const int8_t *x = from;
        int8_t *out = to;
        uint32_t count = last->count;
#if XDECIMATE_HARDWARE
        if (count >> 2)
            __asm__ volatile("cv.setup 0, %[words], 1f\n"
                             "cv.lb t0, (%[x]), %[step]\n"
                             "cv.lb t1, (%[x]), %[step]\n"
                             "cv.lb t2, (%[x]), %[step]\n"
                             "cv.lb t3, (%[x]), %[step]\n"
                             "cv.packlo.b t0, t1, t0\n"
                             "cv.packhi.b t0, t3, t2\n"
                             "cv.sw t0, (%[out]), 4\n"
                             "1:"
                             : [x] "+r"(x), [out] "+r"(out)
                             : [words] "r"(count >> 2), [step] "r"(step)
                             : "t0", "t1", "t2", "t3", "memory");
        count &= 3;
#endif
        for (; count; count--, x += step)
            cv_sb_next(&out, *x);
    }
}

#endif
