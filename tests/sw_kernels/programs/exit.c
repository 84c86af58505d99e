/* How a program ends: CODE chooses. */
#include "runtime.h"

static int initialised = 7;
static int zero;
IN_L1 int in_l1 = 5;

int main(void)
{
    int on_stack;
    uint32_t before = cycles(), count = instructions();
    if (initialised != 7 || zero != 0 || in_l1 != 5)
        return 100;
    if ((uintptr_t)&in_l1 >> 20 != 0x100 || (uintptr_t)&on_stack >> 20 != 0x100 || (uintptr_t)&zero >> 20 != 0x1c0)
        return 101;
    if (cycles() <= before || instructions() <= count)
        return 102;
#if CODE == -1
    __asm__ volatile(".word 0");
#elif CODE == -2
    exit(12);
#endif
    return CODE;
}
