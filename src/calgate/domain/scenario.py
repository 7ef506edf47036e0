"""Scenarios: what a rule pack promises, as rows that read like a specification and can be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from calgate.domain import dates
from calgate.domain.apply import apply
from calgate.domain.case import Actor, Case, Hours
from calgate.domain.change import Change
from calgate.domain.judge import judge
from calgate.domain.pack import Pack
from calgate.domain.policy import policy_from
from calgate.domain.practice import Practice
from calgate.domain.rules.facts import occurrence, on_of
from calgate.domain.session import Session
from calgate.domain.splitting import divided
from calgate.domain.verdict import Allowed, Rejected, Verdict


@dataclass(frozen=True, slots=True)
class World:
    """Where scenarios play: the practice, the practitioner who asks, and the time (UTC)."""

    practice: Practice
    person: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row: the rules it shows, the situation, the session, the write, and the verdict expected.

    `expect` is the text that `outcome` gives. `sentence` is what the person reads: the refusal's, or those of
    the notices. `calendar` says whether the write came as a calendar document.
    """

    rules: str
    situation: str
    session: Session | None
    changes: tuple[Change, ...]
    expect: str
    world: World
    sentence: str = ""
    role: Literal["practitioner", "org"] = "practitioner"
    policy: Mapping[str, Any] = field(default_factory=dict)
    overlaps: tuple[Session, ...] = ()
    hours: Hours | None = None
    calendar: bool = True
    now: datetime | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The rule ids that the row stands for."""
        return tuple(self.rules.split())


def outcome(verdict: Verdict) -> str:
    """A verdict in a line: `refused R-A-1 R-B-2`, or `allowed -> status, told R-C-3, overriding R-D-4`."""
    if isinstance(verdict, Rejected):
        return " ".join(["refused", *dict.fromkeys(each.rule for each in verdict.all)])
    text = "allowed"
    if verdict.becomes:
        text += " -> " + " ".join(dict.fromkeys(str(status) for _, status in verdict.becomes))
    if verdict.notices:
        text += ", told " + " ".join(dict.fromkeys(each.rule for each in verdict.notices))
    return text + (", overriding " + " ".join(verdict.overridden) if verdict.overridden else "")


def said(verdict: Verdict) -> str:
    """The sentence that a verdict shows."""
    if isinstance(verdict, Allowed):
        return " ".join(each.sentence for each in verdict.notices)
    return verdict.first.sentence


def verdict_of(pack: Pack, scenario: Scenario) -> Verdict:
    """The pack's judgement of a scenario."""
    return judge(pack, cases(pack, scenario))


def run(pack: Pack, scenario: Scenario) -> str:
    """Nothing when the pack judges as the row expects, else one sentence that says what differs."""
    verdict = verdict_of(pack, scenario)
    name = f"{scenario.rules}: {scenario.situation}"
    if outcome(verdict) != scenario.expect:
        return f"{name}: expected '{scenario.expect}', got '{outcome(verdict)}'."
    if scenario.sentence and said(verdict) != scenario.sentence:
        return f"{name}: expected the sentence '{scenario.sentence}', got '{said(verdict)}'."
    return ""


def failures(pack: Pack, scenarios: Iterable[Scenario]) -> list[str]:
    """What every failing row has to say."""
    return [text for each in scenarios if (text := run(pack, each))]


def cases(pack: Pack, scenario: Scenario) -> list[Case]:
    """One case per change of the scenario's write, each laid on after those before it."""
    world, session, changes = scenario.world, scenario.session, scenario.changes
    now, by_org = scenario.now or world.now, scenario.role == "org"
    policy = policy_from(scenario.policy, pack.defaults)
    found: list[Case] = []
    division = None
    if scenario.calendar or not by_org:
        division = divided(session, changes, now, world.practice)
    if division is not None:
        session, changes = division.future, division.changes
    current = session
    for change in changes:
        current = apply(current, change, by_org, world.practice, now)
        found.append(
            Case(
                session=session,
                before=_touched(session, change),
                after=_touched(current, change),
                change=change,
                changes=changes,
                actor=Actor(scenario.role, world.person),
                now=now,
                policy=policy,
                practice=world.practice,
                overlaps=scenario.overlaps,
                hours=scenario.hours,
                calendar=scenario.calendar,
                history=division.past if division else None,
            )
        )
    return found


def _touched(session: Session | None, change: Change) -> Session | None:
    on = on_of(change)
    if session is not None and session.dates:
        return dates.touched(session, change)
    return session if session is None or on is None or not session.is_series else occurrence(session, on)
