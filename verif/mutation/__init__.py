"""Quality of the tests: the fraction of small faults in the hardware that they detect.

``mutate`` of Yosys puts one fault into each mutant: a bit of a cell's port inverted, stuck, or inverted when
another bit says so. One Verilog file holds them all, each behind a value of the input ``mutant`` (0: none),
so that one simulator runs every mutant.
"""
