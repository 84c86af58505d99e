/* What a test of riscv-arch-test (github.com/riscv-non-isa/riscv-arch-test, folder riscv-test-suite) needs to know
 * of the simulated core: how to end, and where its signature lies.
 */
#ifndef XDECIMATE_MODEL_TEST_H
#define XDECIMATE_MODEL_TEST_H

#define RVMODEL_BOOT

/* The signature, not the word at tohost, says whether the test passed. */
#define RVMODEL_HALT                                               \
        li t0, 1;                                                  \
        la t1, tohost;                                             \
99:     sw t0, 0(t1);                                              \
        j 99b;

#define RVMODEL_DATA_BEGIN                                         \
        .pushsection .tohost, "aw";                                \
        .balign 64;                                                \
        .global tohost;                                            \
tohost: .dword 0;                                                  \
        .global fromhost;                                          \
fromhost: .dword 0;                                                \
        .popsection;                                               \
        .balign 16;                                                \
        .global begin_signature;                                   \
begin_signature:

/* Reference signatures are padded to 16 bytes. */
#define RVMODEL_DATA_END                                           \
        .balign 16;                                                \
        .global end_signature;                                     \
end_signature:

/* Nothing is printed or asserted while a test runs. */
#define RVMODEL_IO_INIT
#define RVMODEL_IO_WRITE_STR(_register, _string)
#define RVMODEL_IO_CHECK()
#define RVMODEL_IO_ASSERT_GPR_EQ(_scratch, _register, _value)
#define RVMODEL_IO_ASSERT_SFPR_EQ(_scratch, _register, _value)
#define RVMODEL_IO_ASSERT_DFPR_EQ(_scratch, _register, _value)

/* mtvec holds any address that is a multiple of 4 in direct mode. */
#define RVMODEL_MTVEC_ALIGN 2

/* The tests that run here raise no interrupts. */
#define RVMODEL_SET_MSW_INT
#define RVMODEL_CLR_MSW_INT
#define RVMODEL_CLR_MTIMER_INT
#define RVMODEL_CLR_MEXT_INT

#endif
