"""The demo practice, moved by whole weeks to where the demo's clock is."""

import json
import re
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

WRITTEN_FOR = date(2026, 3, 2)
"""The Monday that practice.json calls this week."""

DAY = re.compile(r"^\d{4}-\d\d-\d\d(?=$|T)")


def practice_at(now: datetime) -> dict[str, Any]:
    """The practice file with its sessions in the week of `now` (aware) and around it, weekdays kept."""
    content: dict[str, Any] = json.loads(files(__package__).joinpath("practice.json").read_text("utf-8"))
    organizations = [_moved(each, _weeks(now, each["timezone"])) for each in content["organizations"]]
    return {**content, "organizations": organizations}


def _weeks(now: datetime, timezone: str) -> timedelta:
    today = now.astimezone(ZoneInfo(timezone)).date()
    return today - timedelta(days=today.weekday()) - WRITTEN_FOR


def _moved(value: Any, delta: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _moved(each, delta) for key, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, delta) for each in value]
    if isinstance(value, str) and (day := DAY.match(value)):
        return f"{date.fromisoformat(day[0]) + delta}{value[day.end() :]}"
    return value
