"""ProblemsError of a model: each names its node, and all of them are reported together."""

from dataclasses import dataclass

from common.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One reason why a model cannot be compiled.

    Parameters
    ----------
    node : str
        Name of the node, or of the tensor.
    operator : str
        Operator as the file calls it.
    what : str
        The attribute, shape or type that is not supported, and its value.
    advice : str
        The nearest form that is; empty where ``what`` says it.
    """

    node: str
    operator: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.operator} {self.node!r}: {self.what}{advice}"


class UnsupportedError(Exception):
    """An operator in a form that is not supported: the form, and the nearest one that is."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


class ProblemsError(UserError):
    """All problems of a model, a line each."""

    def __init__(self, model: str, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n  ".join([f"{model} cannot be compiled, {count}:", *map(str, problems)]))
