/* From reset to main, and from main's return value to tohost. */

    .section .text.start, "ax"
    .globl _start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la t0, _trap
    csrw mtvec, t0
#ifdef CLUSTER
    /* Each core has a stack of its own; all but core 0 serve teams. */
    la t3, _stacks
    lui t1, %hi(_stack_bytes)
    addi t1, t1, %lo(_stack_bytes)
    csrr t0, mhartid
    mv t2, t0
1:  add t3, t3, t1
    addi t2, t2, -1
    bgez t2, 1b
    mv sp, t3 /* at once: a simulation watches that it stays within the core's stack */
    beqz t0, 1f
    tail team_serve
1:
#else
    la sp, _stack_top
#endif

    la t0, _bss_start
    la t1, _bss_end
    j 2f
1:  sw zero, 0(t0)
    addi t0, t0, 4
2:  bltu t0, t1, 1b

    call main
    /* falls through: exit(main()) */

    .globl exit
exit:
    /* 0 is a pass and stores 1, anything else stores code << 1 | 1. */
    slli a0, a0, 1
    ori a0, a0, 1
    la t0, tohost
1:  sw a0, 0(t0)
    j 1b

    /* Any trap ends the program with code 0x1000 + mcause: no program here expects one. */
    .balign 4
_trap:
    csrr a0, mcause
    andi a0, a0, 0x1f
    li t0, 0x1000
    add a0, a0, t0
    j exit

    .section .tohost, "aw"
    .globl tohost
    .balign 64
tohost:
    .word 0
