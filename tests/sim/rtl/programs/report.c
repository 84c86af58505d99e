/* Prints a line, checks that memory was zero at the start, dirties it, and returns CODE. */
#include "runtime.h"

IN_L1_ZERO volatile uint32_t scratch[4];
volatile uint8_t bytes[7];

int main(void)
{
    volatile uint32_t *out = (volatile uint32_t *)OUTPUT;
    for (const char *c = "a line\n"; *c; c++)
        *out = *c;
    for (int i = 0; i < 4; i++) {
        if (scratch[i])
            return 99;
        scratch[i] = 0x01010101u * i;
    }
    for (int i = 0; i < 7; i++)
        bytes[i] = 10 + i;
    return CODE;
}
