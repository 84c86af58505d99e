"""Clusters that several tests run on, so that their models are built once."""

from dataclasses import replace

from hw.cluster.config import cluster_named
from hw.config import XDECMAC

#: Cores that are no power of two, and fewer banks and fetch lines than any named cluster has.
THREE_CORES = "small,cores=3,banks=4,fetch_lines=8"
#: Cores in step, and the widest bus, whose words a hash turns over.
IN_STEP = replace(cluster_named("wide,cores=2,hashed_banks=1,broadcast=1"), core=XDECMAC)
