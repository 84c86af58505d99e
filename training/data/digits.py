"""The handwritten digits that scikit-learn brings: 1,797 images of 8 x 8 (UCI, Alpaydin and Kaynak)."""

from typing import Any, cast

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from training.data.images import DataSet, Images

#: Largest value of a pixel there.
_WHITE = 16


def digits() -> DataSet:
    """The digits, a quarter of each class to test with; the same in every run."""
    found = cast(Any, load_digits())
    pixels = np.rint(found.images[:, None] * (255 / _WHITE)).astype(np.uint8)
    labels = found.target.astype(np.int64)
    parts: Any = train_test_split(pixels, labels, test_size=0.25, stratify=labels, random_state=0)
    return DataSet(
        name="digits",
        classes=tuple(map(str, found.target_names)),
        train=Images(pixels=parts[0], labels=parts[2]),
        test=Images(pixels=parts[1], labels=parts[3]),
        shift=1,
        flip=False,
    )
