/* What a test of riscv-tests (github.com/riscv-software-src/riscv-tests, folder isa) needs of its environment:
 * machine mode, from reset to a store to tohost. 1 passes, anything else is the failing test's number << 1 | 1.
 * A test may define mtvec_handler to see its own traps (t5 and t6 are lost); any other trap fails the test with
 * 0x1000 + mcause (link.ld gives mtvec_handler the address 0 when there is none).
 */
#ifndef XDECIMATE_RISCV_TEST_H
#define XDECIMATE_RISCV_TEST_H

#define TESTNUM gp

/* There is no other mode and no floating point: which of them a test asks for makes no difference. */
#define RVTEST_RV32U
#define RVTEST_RV32M
#define RVTEST_RV64U
#define RVTEST_RV64M

#define RVTEST_CODE_BEGIN                                          \
        .pushsection .tohost, "aw";                                \
        .balign 64;                                                \
        .global tohost;                                            \
tohost: .dword 0;                                                  \
        .global fromhost;                                          \
fromhost: .dword 0;                                                \
        .popsection;                                               \
        .section .text.init, "ax";                                 \
        .global _start;                                            \
_start: la t5, trap_vector;                                        \
        csrw mtvec, t5;                                            \
        li TESTNUM, 0;                                             \
        j test_begin;                                              \
        .balign 4;                                                 \
trap_vector:                                                       \
        lui t5, %hi(mtvec_handler);                                \
        addi t5, t5, %lo(mtvec_handler);                           \
        beqz t5, unexpected_trap;                                  \
        jr t5;                                                     \
unexpected_trap:                                                   \
        csrr TESTNUM, mcause;                                      \
        andi TESTNUM, TESTNUM, 0x1f;                               \
        li t5, 0x1000;                                             \
        add TESTNUM, TESTNUM, t5;                                  \
        RVTEST_FAIL;                                               \
        .balign 4;                                                 \
test_begin:

#define RVTEST_CODE_END unimp

#define RVTEST_PASS                                                \
        li TESTNUM, 1;                                             \
        la t5, tohost;                                             \
99:     sw TESTNUM, 0(t5);                                         \
        j 99b

#define RVTEST_FAIL                                                \
        slli TESTNUM, TESTNUM, 1;                                  \
        ori TESTNUM, TESTNUM, 1;                                   \
        la t5, tohost;                                             \
99:     sw TESTNUM, 0(t5);                                         \
        j 99b

#define RVTEST_DATA_BEGIN .balign 16; .global begin_signature; begin_signature:
#define RVTEST_DATA_END .balign 16; .global end_signature; end_signature:

/* Fields and causes of the privileged architecture and of the debug specification, by the names that tests use. */
#define MSTATUS_MIE 0x00000008
#define MSTATUS_MPIE 0x00000080
#define MSTATUS_MPP 0x00001800
#define MSTATUS_FS 0x00006000
#define MSTATUS_XS 0x00018000
#define MSTATUS_MPRV 0x00020000
#define MSTATUS_SUM 0x00040000
#define MSTATUS_MXR 0x00080000
#define MSTATUS_TVM 0x00100000
#define MSTATUS_TW 0x00200000
#define MSTATUS_TSR 0x00400000
#define SSTATUS_SPIE 0x00000020
#define SSTATUS_SPP 0x00000100
#define SSTATUS_SUM MSTATUS_SUM
#define SSTATUS_MXR MSTATUS_MXR

#define PRV_U 0
#define PRV_S 1
#define PRV_M 3

#define MIP_SSIP 0x002
#define MIP_MSIP 0x008
#define MIP_MTIP 0x080
#define MIP_MEIP 0x800

#define MCONTROL_LOAD 0x01
#define MCONTROL_STORE 0x02
#define MCONTROL_EXECUTE 0x04
#define MCONTROL_M 0x40

#define CAUSE_MISALIGNED_FETCH 0
#define CAUSE_FETCH_ACCESS 1
#define CAUSE_ILLEGAL_INSTRUCTION 2
#define CAUSE_BREAKPOINT 3
#define CAUSE_MISALIGNED_LOAD 4
#define CAUSE_LOAD_ACCESS 5
#define CAUSE_MISALIGNED_STORE 6
#define CAUSE_STORE_ACCESS 7
#define CAUSE_USER_ECALL 8
#define CAUSE_SUPERVISOR_ECALL 9
#define CAUSE_MACHINE_ECALL 11

#endif
