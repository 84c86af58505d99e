/* The assembler macros of xdecimate.h in a .S file: two nested hardware loops around xdecimate. */
#include "xdecimate.h"

    .text
    .globl main
main:
    la t0, bytes
    li t1, 0x76543210
    li t3, 0
    li a0, 0
    xdecimate.clear
    li a1, 3
    .option push
    .option norelax
    cv.setup 1, a1, 2f
    cv.setupi 0, 2, 1f
    xdecimate.m8 t3, t0, t1
    addi a0, a0, 1
    nop
1:  addi a0, a0, 16
    nop
2:
    .option pop
    /* Three times two bytes were loaded, at 0, 1, 10, 11, 20, 21; those of a block share a lane. */
    li t4, 0x00150b01
    bne t3, t4, 3f
    addi a0, a0, -54
    ret
3:  li a0, 99
    ret

    .section .rodata
bytes:
    .set i, 0
    .rept 64
    .byte i
    .set i, i + 1
    .endr
