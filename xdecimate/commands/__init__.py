"""The commands, one file each: a command parses its options, calls what does the work, and prints."""
