"""Model files of any format: the content chooses the reader, and the suffix where the content is damaged."""

from pathlib import Path

from common.errors import UserError
from compiler.graph import Graph

#: Bytes 4 to 7 of a TFLite file.
_TFLITE = b"TFL3"


def read_model(path: Path) -> Graph:
    """The graph of a TFLite or ONNX file.

    Raises ``UserError`` when the extra ``compiler`` is not installed, the file cannot be read, or operators
    are not supported: one message with all problems.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"cannot read {path}: {reason}; give a file that can be read") from error
    tflite = begin[4:] == _TFLITE or path.suffix == ".tflite"
    try:
        if tflite:
            from compiler.importer.tflite_model import read_tflite

            return read_tflite(path)
        from compiler.importer.onnx.model import read_onnx

        return read_onnx(path)
    except ImportError as error:
        name, packages = ("TFLite", "tflite and flatbuffers") if tflite else ("ONNX", "onnx")
        raise UserError(
            f"a model in {name} needs the packages {packages}; install them with: pip install "
            "'xdecimate[compiler]'"
        ) from error
