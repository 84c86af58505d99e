/* What compilers call for structs. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    for (; size >= 4; size -= 4, in += 4, out += 4) /* the core does misaligned words in hardware */
        *(uint32_t *)out = *(const uint32_t *)in;
    while (size--)
        *out++ = *in++;
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *out = to;
    while (size--)
        *out++ = (uint8_t)value;
    return to;
}
