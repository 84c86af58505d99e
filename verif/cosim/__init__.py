"""The core beside the instruction-set model: every retired instruction compared.

    from verif.cosim.check import check, check_all
    mismatch = check(Job(program=..., waits=..., seed=..., interrupt_rate=...), XDECIMATE)
    print(mismatch or "equal")

The simulator writes what retires to a file (``sim/rtl/retirement.sv``), the model follows that trace
through all of a job, and whole columns are compared at once: no Python runs while the clock does.
"""
