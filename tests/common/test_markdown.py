"""Tables of the documents."""

import pytest

from common.markdown import table


def test_columns_of_figures_are_aligned_to_the_right():
    rows = [("x", "1,234", ""), ("**y**", "**+4.5 (2 %)**", "3 of 4"), ("z", "5", r"6.5\*")]
    assert table(("a", "b", "c"), rows) == (
        "| a | b | c |\n| --- | ---: | ---: |\n| x | 1,234 |  |\n| **y** | **+4.5 (2 %)** | 3 of 4 |\n"
        "| z | 5 | 6.5\\* |\n"
    )


def test_a_row_that_is_short_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        table(("a", "b"), [("x",)])
