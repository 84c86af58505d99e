"""The core's memory ports, after OBI 1.2 (OpenHW Group), from the initiator's point of view."""

from amaranth.lib.wiring import In, Out, Signature


class FetchSignature(Signature):
    """Read-only port for instructions.

    Members
    -------
    req, addr : Out(1), Out(32)
        Request and word-aligned byte address; stable until granted.
    gnt : In(1)
        The request is taken at this clock edge.
    rvalid, rdata, err : In(1), In(32), In(1)
        Response, one per grant, in order, one or more cycles after it. ``err``: access fault.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "req": Out(1),
                "gnt": In(1),
                "addr": Out(32),
                "rvalid": In(1),
                "rdata": In(32),
                "err": In(1),
            }
        )


class DataSignature(Signature):
    """Read and write port for data.

    Members
    -------
    req, addr, we, be, wdata : Out(1), Out(32), Out(1), Out(4), Out(32)
        Request; ``addr`` is word-aligned, ``be`` names the bytes. All stable until granted.
    gnt : In(1)
        The request is taken at this clock edge.
    rvalid, rdata, err : In(1), In(32), In(1)
        Response, one per grant (writes too), in order, one or more cycles after it. ``err``: access fault.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "req": Out(1),
                "gnt": In(1),
                "addr": Out(32),
                "we": Out(1),
                "be": Out(4),
                "wdata": Out(32),
                "rvalid": In(1),
                "rdata": In(32),
                "err": In(1),
            }
        )
