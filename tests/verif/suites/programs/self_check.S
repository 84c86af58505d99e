# A test in the manner of riscv-tests: checks itself, sees its own traps, fails on request.
#include "riscv_test.h"

RVTEST_RV32U
RVTEST_CODE_BEGIN
        li TESTNUM, 2
        li a0, 0x12345678
        la a1, word
        lw a2, 0(a1)
        bne a0, a2, fail

        # An instruction that writes either half of minstret is not counted.
        li TESTNUM, 3
        li t0, -1
        csrw minstret, t0
        csrw minstreth, t0
        nop
        csrr a0, minstret
        bnez a0, fail

        li TESTNUM, 4
#ifdef NO_HANDLER
        ecall
#endif
#ifdef WRONG
        j fail
#endif
        li a0, 0
        ecall
        li t0, CAUSE_MACHINE_ECALL
        bne a0, t0, fail
        RVTEST_PASS
fail:
        RVTEST_FAIL

#ifndef NO_HANDLER
        .balign 4
        .global mtvec_handler
mtvec_handler:
        csrr a0, mcause
        csrr t5, mepc
        addi t5, t5, 4
        csrw mepc, t5
        mret
#endif
RVTEST_CODE_END

        .data
RVTEST_DATA_BEGIN
word:   .word 0x12345678
RVTEST_DATA_END
