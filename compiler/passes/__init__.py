"""Changes of a graph before its nodes are lowered, one file each."""
