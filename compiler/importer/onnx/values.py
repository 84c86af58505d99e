"""Values of a model while it is read: constants, codes, real numbers, and results to quantize."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from compiler.importer.onnx.view import Movement, View
from compiler.problem import UnsupportedError
from reference.quantization import Quantization
from reference.table import CODES

Step = Callable[[View], View]


@dataclass(frozen=True, kw_only=True, eq=False)
class Constant:
    """A value that no input changes.

    Parameters
    ----------
    array : ndarray
        Elements; of a dequantized constant, its codes less the zero point.
    scales : ndarray or None
        Of a dequantized constant: steps of the codes, in the array's shape.
    """

    array: np.ndarray
    scales: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @cached_property
    def real(self) -> np.ndarray:
        """Elements as the model computes with them: float32 if it was dequantized."""
        if self.scales is None:
            return self.array
        return (self.array * self.scales).astype(np.float32)

    def moved(self, movement: Movement) -> "Constant":
        """The result of a movement."""
        scales = None if self.scales is None else movement(np.ascontiguousarray(self.scales))
        return Constant(array=movement(np.ascontiguousarray(self.array)), scales=scales)


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """A quantized value: a function of a tensor's codes, element by element.

    Parameters
    ----------
    view : View
    entries : ndarray, shape (256,), int8
        Codes by the tensor's codes; 128 less than in the file where that has uint8.
    unsigned : bool
        True if the file has uint8.
    quantization : Quantization
        Their real numbers, by the entries.
    """

    view: View
    entries: np.ndarray
    unsigned: bool
    quantization: Quantization

    @property
    def shape(self) -> tuple[int, ...]:
        return self.view.shape


@dataclass(frozen=True, kw_only=True, eq=False)
class Reals:
    """Real numbers: a function of a tensor's codes, element by element.

    Parameters
    ----------
    view : View
    values : ndarray, shape (256,), float32
        By the tensor's codes.
    codes : Codes or None
        The codes whose real numbers they are; None behind an operator.
    """

    view: View
    values: np.ndarray
    codes: Codes | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.view.shape


@dataclass(frozen=True, kw_only=True, eq=False)
class Pending:
    """A result in real numbers that an operator can compute as soon as its quantization is known.

    Parameters
    ----------
    name, kind : str
        Of the operator that makes it.
    shape : tuple of int
        Behind the steps.
    emit : callable
        Appends the node for an output quantization and a range of codes.
    steps : tuple of callable
        Moves the result; each takes a view and gives one.
    factor : float
        Multiplies the result, above 0.
    low, high : float
        Range of the result that is left, by an activation.
    channels : ndarray or None
        Number of the channel of each element, for results with a bias of each channel.
    biased : callable or None
        Makes the same result with a value added to each channel.
    exact : callable or None
        Appends the node for the quantization of the output, a range of codes, and mul, add and shift of an
        integer graph.
    natural : Quantization or None
        One that loses nothing against the input's, for a model's output that the file does not quantize.
    made : dict
        Codes that were computed, by quantization and range.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    emit: Callable[[Quantization, int, int], View]
    steps: tuple[Step, ...] = ()
    factor: float = 1.0
    low: float = -np.inf
    high: float = np.inf
    channels: np.ndarray | None = None
    biased: Callable[[np.ndarray], "Pending"] | None = None
    exact: Callable[[Quantization, tuple[int, int], np.ndarray, np.ndarray, int], View] | None = None
    natural: Quantization | None = None
    made: dict[tuple[float, int, int, int], View] = field(default_factory=dict)

    def quantized(self, quantization: Quantization) -> View:
        """The result in codes; the same codes are computed once."""
        scale = quantization.scale / self.factor
        low, high = (
            int(np.clip(np.rint(bound / quantization.scale) + quantization.zero, -128, 127))
            for bound in (self.low, self.high)
        )
        key = scale, quantization.zero, low, high
        if key not in self.made:
            self.made[key] = self.emit(Quantization(scale, quantization.zero), low, high)
        return self._moved(self.made[key])

    def requantized(
        self, mul: np.ndarray, add: np.ndarray, shift: int, out: Quantization, clip: tuple[int, int]
    ) -> View:
        """The result in codes, by the arithmetic ``(result * mul + add) >> shift``."""
        if self.exact is None or self.factor != 1 or np.isfinite((self.low, self.high)).any():
            raise UnsupportedError(
                f"it scales the result of {self.kind} {self.name!r}",
                "put it behind a Conv, Gemm or Add",
            )
        return self._moved(self.exact(out, clip, self._each(mul), self._each(add), shift))

    def _moved(self, view: View) -> View:
        for step in self.steps:
            view = step(view)
        return view

    def _each(self, values: np.ndarray) -> np.ndarray:
        """One value for each channel, or one for all."""
        if values.size == 1:
            return values.ravel()
        found = np.broadcast_to(values, self.shape)
        if self.channels is not None:
            each = np.zeros(int(self.channels.max()) + 1, values.dtype)
            each[self.channels] = found
            if np.array_equal(each[self.channels], found):
                return each
        raise UnsupportedError(
            f"a constant that differs inside a channel meets the result of {self.name!r}, which is not "
            "quantized",
            "quantize the result before",
        )

    def clipped(self, low: float, high: float) -> "Pending":
        """The result behind an activation that clips it."""
        least = min(max(self.low, low), high)
        return replace(self, low=least, high=max(min(self.high, high), least), biased=None)

    def scaled(self, factor: float) -> "Pending":
        """The result times a constant above 0."""
        bounds = {"low": self.low * factor, "high": self.high * factor}
        own = self.natural
        natural = None if own is None else Quantization(own.scale * factor, own.zero)
        return replace(self, factor=self.factor * factor, **bounds, biased=None, natural=natural)

    def plus(self, values: np.ndarray) -> "Pending":
        """The result plus a constant, which must have one value for each channel."""
        if self.biased is None or self.channels is None:
            raise UnsupportedError(
                f"a constant is added to the result of {self.name!r} before it is quantized",
                "quantize the result before the sum",
            )
        each = self._each(values)
        return replace(self.biased(each), steps=self.steps, shape=self.shape, channels=self.channels)


Value = Constant | Codes | Reals | Pending


def moved(value: Value, movement: Movement, step: Step) -> Value:
    """A value behind a movement of its elements: ``step`` is the movement of a view."""
    if isinstance(value, Constant):
        return value.moved(movement)
    if isinstance(value, Pending):
        shape = movement(np.broadcast_to(np.int8(0), value.shape)).shape  # a view of any shape
        channels = None if value.channels is None else movement(np.ascontiguousarray(value.channels))
        return replace(value, shape=shape, steps=(*value.steps, step), channels=channels)
    return through(value, step)


def through(value: Codes | Reals, step: Step) -> Codes | Reals:
    """A value whose codes a step takes elsewhere, and that is the same function of them."""
    if isinstance(value, Codes):
        return replace(value, view=step(value.view))
    codes = value.codes
    view = step(value.view)
    return replace(value, view=view, codes=None if codes is None else replace(codes, view=view))


def quantized(values: np.ndarray, quantization: Quantization) -> np.ndarray:
    """Codes of real numbers as onnxruntime computes them, in float32."""
    with np.errstate(all="ignore"):
        steps = np.rint(values.astype(np.float32) / np.float32(quantization.scale))
    steps += np.float32(quantization.zero)
    return np.clip(np.nan_to_num(steps, nan=-128), -128, 127).astype(np.int8)


def covering(values: np.ndarray) -> Quantization | None:
    """The quantization whose range is that of the values and 0; None if they are infinite or all 0."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    scale = (high - low) / 255
    if not (np.isfinite(scale) and scale > 0):
        return None
    return Quantization(scale, int(np.clip(round(-128 - low / scale), -128, 127)))


def affine(values: np.ndarray) -> Quantization | None:
    """The quantization of which these are the real numbers by code; None if there is none."""
    scale = (float(values[-1]) - float(values[0])) / 255
    if not (np.isfinite(scale) and scale > 0):
        return None
    zero = round(-128 - float(values[0]) / scale)
    if not -128 <= zero <= 127:
        return None
    found = Quantization(scale, zero)
    close = np.allclose(found.real(CODES), values, rtol=0, atol=1e-5 * scale)
    return found if close else None
