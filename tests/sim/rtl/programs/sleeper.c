/* Sleeps for good: nothing is enabled. */
int main(void)
{
    for (;;)
        __asm__ volatile("wfi");
}
