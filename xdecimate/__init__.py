"""The command line: one file a command; it imports everything and decides nothing."""
