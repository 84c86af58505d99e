"""The commands, one file each: a command parses its options, calls the library and prints the results."""
