"""Ports between the parts of the cluster, from the initiator's point of view."""

from amaranth.lib.wiring import In, Out, Signature


class WordSignature(Signature):
    """A word of L1: a request is granted in its own cycle or waits, stable; the answer follows a cycle later.

    Members
    -------
    req : Out(1)
        An access is asked for; like all that describes it, stable until granted.
    addr : Out(address_bits)
        Word, counted from the start of L1.
    we : Out(1)
        It is a write.
    be : Out(4)
        Bytes of the word that are written.
    wdata : Out(32)
        What to write to them.
    gnt : In(1)
        The request is taken at this clock edge.
    rdata : In(32)
        The word, in the cycle after a granted read.
    """

    def __init__(self, address_bits: int) -> None:
        super().__init__(
            {
                "req": Out(1),
                "addr": Out(address_bits),
                "we": Out(1),
                "be": Out(4),
                "wdata": Out(32),
                "gnt": In(1),
                "rdata": In(32),
            }
        )


class BankSignature(Signature):
    """A memory macro with one port: a read's data come in the next cycle and stay until the next read.

    Members
    -------
    req : Out(1)
        An access in this cycle.
    addr : Out(address_bits)
        Word within the bank.
    we : Out(1)
        It is a write.
    be : Out(4)
        Bytes of the word that are written.
    wdata : Out(32)
        What to write to them.
    rdata : In(32)
        The word that was read last, from the cycle after the read on.
    """

    def __init__(self, address_bits: int) -> None:
        super().__init__(
            {
                "req": Out(1),
                "addr": Out(address_bits),
                "we": Out(1),
                "be": Out(4),
                "wdata": Out(32),
                "rdata": In(32),
            }
        )


class ControlSignature(Signature):
    """Registers of the cluster: granted when the access's condition holds, and answered in that same cycle.

    Members
    -------
    req : Out(1)
        An access to a register is asked for; like all that describes it, stable until granted.
    addr : Out(16)
        Bytes from the start of the region, a multiple of 4.
    we : Out(1)
        It is a write.
    wdata : Out(32)
        What to write.
    gnt : In(1)
        The access is over at this clock edge; a blocking one is granted when its condition holds.
    rdata : In(32)
        What was read, with ``gnt``.
    err : In(1)
        Access fault, with ``gnt``.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "req": Out(1),
                "addr": Out(16),
                "we": Out(1),
                "wdata": Out(32),
                "gnt": In(1),
                "rdata": In(32),
                "err": In(1),
            }
        )


class BusSignature(Signature):
    """The way out of the cluster, ``width`` bytes wide; OBI, any number of requests outstanding.

    Members
    -------
    req : Out(1)
        An access is asked for. It, ``addr`` and ``we`` are stable until granted, and so are ``be`` and
        ``wdata`` of a write.
    addr : Out(32)
        Byte address, a multiple of ``width``.
    we : Out(1)
        It is a write.
    be : Out(width)
        Bytes that a write changes. A read is of the whole width, whatever ``be`` is.
    wdata : Out(8 * width)
        What to write to them.
    gnt : In(1)
        The request is taken at this clock edge.
    rvalid : In(1)
        Response, one per grant (writes too), in order, one or more cycles after it.
    rdata : In(8 * width)
        What was read, with ``rvalid`` of a read.
    err : In(1)
        Access fault, with ``rvalid``.
    """

    def __init__(self, width: int) -> None:
        super().__init__(
            {
                "req": Out(1),
                "addr": Out(32),
                "we": Out(1),
                "be": Out(width),
                "wdata": Out(8 * width),
                "gnt": In(1),
                "rvalid": In(1),
                "rdata": In(8 * width),
                "err": In(1),
            }
        )


#: Bytes of a line of instructions.
LINE_BYTES = 16


class LineSignature(Signature):
    """A line of instructions: one request at a time, answered one or more cycles after its grant.

    Members
    -------
    req, addr : Out(1), Out(28)
        Request; ``addr`` counts lines. Stable until granted.
    gnt : In(1)
    valid, data, err : In(1), In(128), In(1)
        The answer.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "req": Out(1),
                "addr": Out(28),
                "gnt": In(1),
                "valid": In(1),
                "data": In(8 * LINE_BYTES),
                "err": In(1),
            }
        )
