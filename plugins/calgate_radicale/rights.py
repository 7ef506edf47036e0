"""Rights: one's own home; of other homes nothing but the question when somebody is busy."""

from __future__ import annotations

from radicale.rights import BaseRights

_ROOT, _HOME, _CALENDAR, _FREE_BUSY = "R", "RW", "rw", "f"


class Rights(BaseRights):
    """Radicale's rights plugin. Sanitized paths begin with a slash."""

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        """`f` for other people's homes, whether they exist or not: the gate knows who is a colleague."""
        if not user:
            return ""
        owner, _, rest = path.strip("/").partition("/")
        if not owner:
            return _ROOT
        if owner != user:
            return _FREE_BUSY
        return _CALENDAR if rest else _HOME
