"""What a sent object repeats of the stored one."""

from calgate.ical.unchanged import differing

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{}\r\n"
END = "END:VCALENDAR\r\n"


def event(name: str) -> str:
    return f"BEGIN:VEVENT\r\nUID:u\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n"


def text(product: str, *names: str) -> str:
    return HEAD.format(product) + "".join(map(event, names)) + END


def rests(sent: str, stored: str) -> tuple[str, str] | None:
    found = differing(sent.encode(), stored)
    return None if found is None else (found[0].decode(), found[1].decode())


def test_overrides_in_both_are_left_out_of_both() -> None:
    sent, stored = text("them", "master", "new", "b", "c"), text("us", "master", "a", "b", "c")
    assert rests(sent, stored) == (text("them", "master", "new"), text("us", "master", "a"))


def test_another_master_leaves_nothing_out() -> None:
    assert rests(text("us", "moved", "a", "b"), text("us", "master", "a", "b")) is None


def test_nothing_in_common_leaves_nothing_out() -> None:
    assert rests(text("us", "master", "x"), text("us", "master", "a")) is None
    assert rests(text("us", "master"), text("us", "master")) is None
    assert differing(b"\xff" + text("us", "master", "a").encode(), text("us", "master", "a")) is None


def test_what_stands_behind_an_override_belongs_to_it() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:X\r\nEND:VTIMEZONE\r\n"
    sent = HEAD.format("us") + event("master") + event("a") + event("b") + zone + END
    found = rests(sent, text("us", "master", "a", "b"))
    assert found is not None
    assert zone in found[0]
    assert event("b") in found[0]


def test_blank_lines_at_the_end_leave_nothing_out() -> None:
    assert rests(text("us", "master", "a", "b") + "\r\n", text("us", "master", "a", "b")) is None


def test_words_that_look_like_an_event_are_words() -> None:
    said = "SUMMARY:BEGIN:VEVENT\r\n"
    sent = text("us", "master", "a").replace("SUMMARY:master\r\n", said)
    assert rests(sent, text("us", "master", "a")) is None
