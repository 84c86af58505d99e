"""Area and paths of the generated Verilog, by Yosys on a cell library of our own."""
