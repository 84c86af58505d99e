"""The core's memory ports, after OBI 1.2 (OpenHW Group), from the initiator's point of view."""

from amaranth.lib.wiring import In, Out, Signature


class FetchSignature(Signature):
    """Read-only port for instructions.

    Members
    -------
    req : Out(1)
        A word is asked for; stable until granted.
    addr : Out(32)
        Its byte address, a multiple of 4; stable until granted.
    gnt : In(1)
        The request is taken at this clock edge.
    rvalid : In(1)
        Response, one per grant, in order, one or more cycles after it.
    rdata : In(32)
        The word, with ``rvalid``.
    err : In(1)
        Access fault instead of the word, with ``rvalid``.
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
    req : Out(1)
        An access is asked for; like all that describes it, stable until granted.
    addr : Out(32)
        Byte address of the word, a multiple of 4.
    we : Out(1)
        It is a write.
    be : Out(4)
        Bytes of the word that are accessed.
    wdata : Out(32)
        What to write to them.
    gnt : In(1)
        The request is taken at this clock edge.
    rvalid : In(1)
        Response, one per grant (writes too), in order, one or more cycles after it.
    rdata : In(32)
        The word, with ``rvalid`` of a read; only the bytes asked for count.
    err : In(1)
        Access fault, with ``rvalid``.
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
