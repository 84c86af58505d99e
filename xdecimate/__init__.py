"""The command line; it imports everything and decides nothing."""
