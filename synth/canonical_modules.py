"""Modules of generated Verilog under names that depend on nothing but their own content.

Generated names carry numbers that count over the whole design (``\\port$4066$61``). Mappers order by name,
so the same module of two designs would be mapped to different gates, and the difference between the designs
would be part noise. Here every module is numbered for itself and called by a hash of its text: what two
designs share is mapped once, and is the same in both.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_MODULE = re.compile(r"^module (\S+)\s*\((.*?)\);.*?^endmodule$", re.S | re.M)
_NUMBERED = re.compile(r"\\\S*\$\d\S*|\b_\d+_\b")
_PIN = re.compile(r"^    \.(\\\S+ |\w+)", re.M)
_DECLARATION = re.compile(r"^  (?:input|output) .*;$", re.M)
_ASSIGNMENT = re.compile(r"^  assign .*;$", re.M)


@dataclass(frozen=True)
class Module:
    """One module.

    Parameters
    ----------
    name : str
        What it is called in the design.
    key : str
        What it is called here: ``m_`` and a hash.
    text : str
        Verilog of the module ``key``, its submodules called by their keys too.
    stub : str
        Its declaration as a black box.
    children : tuple of Module
        Modules that it instantiates, each once.
    """

    name: str
    key: str
    text: str
    stub: str
    children: tuple["Module", ...]

    @property
    def submodules(self) -> tuple[str, ...]:
        """Names of its instances."""
        return tuple(child.name.rpartition(".")[2] for child in self.children)

    def all(self) -> Iterator["Module"]:
        """This module and those below it, each once, parents after children."""
        seen: set[str] = set()
        for child in self.children:
            for module in child.all():
                if module.key not in seen:
                    seen.add(module.key)
                    yield module
        yield self


def reordered(verilog: str, order: int) -> str:
    """The same design, the assignments of each module in an order that the number chooses; 0 leaves them.

    It means the same, but mappers go by it.
    """
    random = Random(order)

    def shuffled(module: re.Match[str]) -> str:
        lines = _ASSIGNMENT.findall(module[0])
        random.shuffle(lines)
        following = iter(lines)
        return _ASSIGNMENT.sub(lambda _: next(following), module[0])

    return _MODULE.sub(shuffled, verilog) if order else verilog


def design(verilog: str, top: str) -> Module:
    """The module ``top`` of Yosys's or Amaranth's Verilog, and those below it."""
    texts = {match[1]: match[0] for match in _MODULE.finditer(verilog)}
    # An instance has its pins on lines of their own.
    instance = re.compile(
        rf"^  ({'|'.join(map(re.escape, texts))}) +(\\\S+ |\w+) *\((.*?)^  \);", re.S | re.M
    )
    built: dict[str, tuple[Module, dict[str, str]]] = {}

    def build(name: str) -> tuple[Module, dict[str, str]]:
        if name in built:
            return built[name]
        text = texts[name]
        names: dict[str, str] = {}

        def numbered(match: re.Match[str]) -> str:
            found = match[0]
            stem = found.partition("$")[0].removeprefix("\\") if "$" in found else ""
            return names.setdefault(found, f"\\{stem}${len(names)}") + " "

        children: dict[str, Module] = {}
        # Instances are taken out while this module's names are numbered: their pins are the child's names.
        pins: list[str] = []

        def take_pin(match: re.Match[str], child_names: dict[str, str]) -> str:
            pin = match[1].strip()
            pins.append(child_names.get(pin, pin))
            return f"    .@{len(pins) - 1}@"

        def take(match: re.Match[str]) -> str:
            child, child_names = build(match[1])
            children[child.key] = child
            connections = _PIN.sub(lambda pin: take_pin(pin, child_names), match[3])
            return f"  {child.key} {match[2]} ({connections}  );"

        header = _MODULE.match(text)
        assert header
        body = instance.sub(take, text[header.end(2) :])
        body = _NUMBERED.sub(numbered, header[2] + body)
        body = re.sub(r"\.@(\d+)@", lambda match: f".{pins[int(match[1])]} ", body)
        key = f"m_{hashlib.sha256(body.encode()).hexdigest()[:16]}"
        ports = body[: body.index(");")]
        stub = "\n".join(
            ("(* blackbox *)", f"module {key} ({ports});", *_DECLARATION.findall(body), "endmodule\n")
        )
        module = Module(name, key, f"module {key} ({body}\n", stub, tuple(children.values()))
        built[name] = module, names
        return built[name]

    return build(top)[0]
