"""Flags for libraries of this PC that run for a moment."""

from sw_kernels.build import HOST_FLAGS

#: Without optimization clang takes a third of the time for a kernel, and a kernel runs for milliseconds.
QUICK_FLAGS = tuple("-O0" if flag == "-O2" else flag for flag in HOST_FLAGS)
