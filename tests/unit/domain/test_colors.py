"""Which texts are colours of a calendar."""

from __future__ import annotations

import pytest

from calgate.domain.colors import NAMES, is_color
from calgate.domain.disclosure import SERVICE_COLORS, STATUS_COLORS


@pytest.mark.parametrize(
    "text", ["teal", "Teal", "LightGoldenRodYellow", "grey", "gray", "#4682B4", "#4682b4"]
)
def test_a_css_name_in_any_case_and_six_hex_digits_are_colours(text: str) -> None:
    assert is_color(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "notacolor",
        "rebeccapurple",
        "teal ",
        "teal\n",
        "blac\N{KELVIN SIGN}",
        "#468",
        "#4682B4FF",
        "4682B4",
        "#4682BG",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_color(text)


def test_the_table_is_that_of_css_color_level_3() -> None:
    assert len(NAMES) == 147
    assert set(STATUS_COLORS.values()) | set(SERVICE_COLORS) <= NAMES
