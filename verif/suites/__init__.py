"""The public RISC-V test suites on the core: their headers, signatures, and verdicts."""
