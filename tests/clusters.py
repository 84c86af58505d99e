"""Clusters that several tests run on, so that their models are built once."""

#: Cores that are no power of two, and fewer banks and fetch lines than any named cluster has.
THREE_CORES = "small,cores=3,banks=4,fetch_lines=8"
