"""The instruction-set model: what every instruction does, written from the manuals, without timing."""
