/* Access faults of a load, a store and a fetch; the memories answer them with X, and a byte load with X beside it. */
    .text
    .globl main
main:
    mv s1, ra
    la t0, handler
    csrw mtvec, t0
    li s0, 0 /* sum of causes */
    li t1, 0x40000000
    lw t2, 0(t1)
    sb t2, 3(t1)
    la t3, back
    jalr ra, t1 /* the handler returns to ra */
back:
    li t1, 5 + 7 + 1
    bne s0, t1, wrong
    la t1, bytes
    lb t2, 1(t1)
    lhu t3, 3(t1) /* crosses a word */
    add t2, t2, t3
    li t1, -2 + 0x0504
    bne t2, t1, wrong
    li a0, 0
    jr s1
wrong:
    li a0, 1
    jr s1

    .balign 4
handler:
    csrr t4, mcause
    add s0, s0, t4
    csrr t5, mepc
    addi t5, t5, 4
    li t6, 1
    bne t4, t6, 1f
    mv t5, ra
1:  csrw mepc, t5
    mret

    .section .rodata
    .balign 4
bytes:
    .byte 1, -2, 3, 4, 5, 6, 7, 8
