# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false
# amaranth: UnusedElaboratable=no
"""Scenes of the cluster's blocks."""

from amaranth.hdl import Cat, Value

from hw.cluster.config import ClusterConfig
from hw.cluster.dma import Dma
from hw.cluster.event_unit import EventUnit
from hw.cluster.interconnect import Interconnect
from hw.cluster.registers import BY_NAME, DMA, EVENT_UNIT, Event
from hw.config import MEMORY_MAP
from reports.waveform import Lane, Row, Scene, Settings, settings_of


def interconnect() -> Scene:
    """Two cores want one bank; the one served first keeps it for its turn."""
    block = Interconnect(cores=2, banks=2, words=16, dma_ports=1, max_consecutive_grants=4)
    first, second = block.cores
    bank = block.banks[0]
    place = 0

    def drive(cycle: int, before: Row) -> Settings:
        nonlocal place
        place += 2 * before.get("core0_gnt", 0)
        return [
            (first.req, int(cycle > 0 and place < 12)),
            (first.addr, place),
            (second.req, int(1 < cycle <= 5)),
            (second.addr, 14),
            (bank.rdata, 0xD0 + before["bank0_addr"] if before.get("bank0_req") else 0),
        ]

    cores = {
        f"core {n}": (
            Lane(f"core{n}_req", port.req),
            Lane(f"core{n}_addr", port.addr, port.req),
            Lane(f"core{n}_gnt", port.gnt),
        )
        for n, port in enumerate(block.cores)
    }
    banks = (
        Lane("bank0_req", bank.req),
        Lane("bank0_addr", bank.addr, bank.req),
        Lane("bank0_rdata", bank.rdata),
    )
    return Scene(block, drive, {**cores, "bank 0": banks}, 11)


def dma_first() -> Scene:
    """The DMA and a core want one bank: the DMA goes first, and not twice in a row."""
    block = Interconnect(cores=1, banks=2, words=16, dma_ports=2, max_consecutive_grants=4)
    core, dma, bank = block.cores[0], block.dma[0], block.banks[0]
    place = 0

    def drive(cycle: int, before: Row) -> Settings:
        nonlocal place
        place += 2 * before.get("dma0_gnt", 0)
        return [
            (core.req, int(1 < cycle < 7)),
            (core.addr, 14),
            (dma.req, int(cycle > 0 and place < 10)),
            (dma.addr, place),
            (dma.we, 1),
        ]

    ports = {"core 0": ("core0", core), "DMA": ("dma0", dma)}
    lanes = {
        title: (
            Lane(f"{name}_req", port.req),
            Lane(f"{name}_addr", port.addr, port.req),
            Lane(f"{name}_gnt", port.gnt),
        )
        for title, (name, port) in ports.items()
    }
    banks = (
        Lane("bank0_req", bank.req),
        Lane("bank0_addr", bank.addr, bank.req),
        Lane("bank0_we", bank.we, bank.req),
    )
    return Scene(block, drive, {**lanes, "bank 0": banks}, 10)


def event_unit() -> Scene:
    """A barrier of two cores: the first sleeps until the second arrives, both leave together."""
    block = EventUnit(2)
    address = BY_NAME["barrier_wait"].address - EVENT_UNIT
    arrives = {0: 2, 1: 6}

    def drive(cycle: int, before: Row) -> Settings:
        settings: list[tuple[Value, int]] = []
        for n, port in enumerate(block.ports):
            waiting = cycle >= arrives[n] and cycle <= arrives[1]
            settings += [(port.req, int(waiting)), (port.addr, address)]
        return settings

    return Scene(
        block,
        drive,
        {
            f"core {n}": (
                Lane(f"core{n}_req", port.req),
                Lane(f"core{n}_addr", port.addr, port.req),
                Lane(f"core{n}_gnt", port.gnt),
                Lane(f"core{n}_at_barrier", block.at_barrier[n]),
            )
            for n, port in enumerate(block.ports)
        },
        9,
    )


def events() -> Scene:
    """Core 0 waits for two events; core 1 raises one that is masked, then one that is not."""
    block = EventUnit(2)
    waiter, raiser = block.ports
    place = {name: BY_NAME[name].address - EVENT_UNIT for name in ("event_mask", "event_wait", "event_raise")}
    mask = Event.SOFTWARE0
    wanted, masked = mask << 16 | 1, Event.SOFTWARE1 << 16 | 1
    rows: list[Settings] = [
        [],
        [
            (waiter.req, 1),
            (waiter.we, 1),
            (waiter.addr, place["event_mask"]),
            (waiter.wdata, Event.SOFTWARE0),
        ],
        [(waiter.we, 0), (waiter.addr, place["event_wait"])],
        [(raiser.req, 1), (raiser.we, 1), (raiser.addr, place["event_raise"]), (raiser.wdata, masked)],
        [(raiser.req, 0)],
        [(raiser.req, 1), (raiser.wdata, wanted)],
        [(raiser.req, 0)],
        [(waiter.req, 0)],
    ]
    return Scene(
        block,
        settings_of(rows),
        {
            "core 0": (
                Lane("core0_req", waiter.req),
                Lane("core0_we", waiter.we, waiter.req),
                Lane("core0_addr", waiter.addr, waiter.req),
                Lane("core0_gnt", waiter.gnt),
                Lane("core0_rdata", waiter.rdata, waiter.gnt & ~waiter.we),
                Lane("core0_at_event", block.at_event[0]),
            ),
            "core 1": (
                Lane("core1_req", raiser.req),
                Lane("core1_wdata", raiser.wdata, raiser.req),
                Lane("core1_gnt", raiser.gnt),
            ),
        },
        9,
    )


def dma() -> Scene:
    """A transfer of 16 bytes from L2 to L1: claimed, described, started; a wait that ends with it."""
    block = Dma(ClusterConfig(cores=1))
    port, bus = block.ports[0], block.bus
    writes = [
        ("dma_claim", None),
        ("dma_source", MEMORY_MAP.l2.base + 0x100),
        ("dma_destination", MEMORY_MAP.l1.base + 0x20),
        ("dma_size", 16),
        ("dma_start", 0),
        ("dma_wait", None),
    ]
    at = 0

    def drive(cycle: int, before: Row) -> Settings:
        nonlocal at
        at += bool(before.get("req") and before["gnt"])
        name, value = writes[at] if at < len(writes) else ("dma_claim", None)
        answers = before.get("bus_req", 0)
        return [
            (port.req, int(cycle > 0 and at < len(writes))),
            (port.addr, BY_NAME[name].address - DMA),
            (port.we, int(value is not None)),
            (port.wdata, value or 0),
            (bus.gnt, 1),
            (bus.rvalid, answers),
            (bus.rdata, before["bus_addr"] & 0xFFF if answers else 0),
            *((word.gnt, 1) for word in block.l1),
        ]

    return Scene(
        block,
        drive,
        {
            "registers": (
                Lane("req", port.req),
                Lane("addr", port.addr, port.req),
                Lane("we", port.we),
                Lane("gnt", port.gnt),
            ),
            "bus": (
                Lane("bus_req", bus.req),
                Lane("bus_addr", bus.addr, bus.req),
                Lane("bus_rvalid", bus.rvalid),
                Lane("bus_rdata", bus.rdata, bus.rvalid),
            ),
            "L1": (
                Lane("l1_req", Value.cast(Cat(word.req for word in block.l1))),
                Lane("l1_addr", block.l1[0].addr, block.l1[0].req),
            ),
            "": (Lane("busy", block.busy),),
        },
        20,
    )
