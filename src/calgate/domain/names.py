"""Names that people give to links and passwords, to know them again in a list."""

from __future__ import annotations

import re

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What would end the line, steer a terminal, or has no UTF-8."""


def one_line(what: str, text: str, most: int) -> str:
    """The text without blanks around it. ValueError, in one sentence that begins with `what`, when it is
    longer than `most` characters or not one line of text."""
    text = text.strip()
    if len(text) > most or _UNFIT.search(text):
        raise ValueError(f"{what} must be one line of at most {most} characters.")
    return text
