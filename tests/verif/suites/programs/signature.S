# A test in the manner of riscv-arch-test: leaves results in its signature.
#include "model_test.h"

        .section .text.init, "ax"
        .global rvtest_entry_point
rvtest_entry_point:
        RVMODEL_BOOT
        la t0, results
        li t1, 0x01234567
        sw t1, 0(t0)
        not t1, t1
        sw t1, 4(t0)
        RVMODEL_HALT

        .data
RVMODEL_DATA_BEGIN
results:
        .fill 6, 4, 0xdeadbeef
RVMODEL_DATA_END
