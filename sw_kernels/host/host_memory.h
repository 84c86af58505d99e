/* Constants of a network, and the objects that hold them. */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct host_constant {
    const char *name;
    int8_t *to;
    size_t bytes;
};

extern const struct host_constant host_constant[];
extern const size_t host_constants;

#endif
