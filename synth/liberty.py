"""Reading Liberty text into groups and attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'\s+|/\*.*?\*/|//[^\n]*|\\\r?\n|"(?P<text>[^"]*)"|(?P<word>[^\s{}():;,"]+)|(?P<mark>[{}():;,])', re.S
)


class LibertyError(ValueError):
    """The text is no complete Liberty file; the message says where it ends or fails."""


@dataclass
class Group:
    """``kind (arguments) { attributes and groups }``; an attribute's value is a string or a list of them."""

    kind: str
    arguments: list[str]
    attributes: dict[str, str | list[str]] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The first argument."""
        return self.arguments[0] if self.arguments else ""

    def of(self, *kinds: str) -> Iterator["Group"]:
        """Groups of these kinds directly inside."""
        return (group for group in self.groups if group.kind in kinds)

    def value(self, attribute: str, default: str = "") -> str:
        """A simple attribute."""
        found = self.attributes.get(attribute, default)
        return found if isinstance(found, str) else default

    def values(self, attribute: str) -> list[str]:
        """A complex attribute, ``name (value, value, ...)``."""
        found = self.attributes.get(attribute, [])
        return found if isinstance(found, list) else []


def parse(text: str) -> Group:
    """The ``library`` group of a Liberty file.

    Raises
    ------
    LibertyError
        When the text is not Liberty, or ends before its last brace.
    """
    tokens = _tokens(text)
    try:
        if next(tokens) != "library" or next(tokens) != "(":
            raise LibertyError("it does not begin with library (...)")
        library = Group("library", _arguments(tokens))
        if next(tokens) != "{":
            raise LibertyError("it does not begin with library (...) {")
        _body(library, tokens)
    except StopIteration:
        raise LibertyError("it ends with a brace still open" if text.strip() else "it is empty") from None
    except RecursionError:
        raise LibertyError("its groups are nested too deeply") from None
    return library


def _tokens(text: str) -> Iterator[str]:
    """Words, marks, and strings with their quotes taken off."""
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() != position:
            break
        position = match.end()
        kind = match.lastgroup
        if kind:
            yield match[kind]
    if position != len(text):
        # An unclosed string or comment swallows the rest.
        line = text.count("\n", 0, position) + 1
        raise LibertyError(f"line {line} is not Liberty, or the file ends there in the middle")


def _arguments(tokens: Iterator[str]) -> list[str]:
    arguments = []
    while (token := next(tokens)) != ")":
        if token in ("{", "}", ";"):
            raise LibertyError(f"{token!r} stands inside parentheses")
        if token != ",":
            arguments.append(token)
    return arguments


def _body(group: Group, tokens: Iterator[str]) -> None:
    name = next(tokens)
    while name != "}":
        if name == ";":
            name = next(tokens)
            continue
        mark = next(tokens)
        if mark == ":":
            words = []
            while (word := next(tokens)) not in (";", "}"):
                if word in ("{", ":"):
                    raise LibertyError(f"attribute {name} of {group.kind} {group.name} has no end")
                words.append(word)
            group.attributes[name] = " ".join(words)
            if word == "}":
                return
            name = next(tokens)
        elif mark == "(":
            arguments, following = _arguments(tokens), next(tokens)
            if following == "{":
                inner = Group(name, arguments)
                _body(inner, tokens)
                group.groups.append(inner)
                following = next(tokens)
            else:
                group.attributes[name] = arguments
            name = following
        else:
            raise LibertyError(f"{mark!r} follows {name!r} in {group.kind} {group.name}")
