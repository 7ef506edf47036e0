import pytest

from calgate.doors.caldav.request import BadPath, segments


@pytest.mark.parametrize(
    ("raw", "path", "slash"),
    [
        (b"/dav", (), False),
        (b"/dav/", (), True),
        (b"/dav/ada", ("ada",), False),
        (b"/dav/ada/", ("ada",), True),
        (b"/dav/ada/work/a%20b%3F%23.ics", ("ada", "work", "a b?#.ics"), False),
        (b"/dav/ada/%C3%BC/", ("ada", "ü"), True),
        (b"/dav/ada/a:b,c'd@e.ics", ("ada", "a:b,c'd@e.ics"), False),
        (b"/dav/ada/%252e%252e", ("ada", "%2e%2e"), False),
    ],
)
def test_paths_are_split_first_and_decoded_once(raw: bytes, path: tuple[str, ...], slash: bool) -> None:
    assert segments(raw, "/dav") == (path, slash)


@pytest.mark.parametrize(
    "raw",
    [
        b"/dav/ada/../bob/",
        b"/dav/ada/%2e%2e/bob/",
        b"/dav/ada/.%2E/bob/",
        b"/dav/./ada/",
        b"/dav//ada/",
        b"/dav/ada//work/",
        b"/dav/ada/work//",
        b"/dav/ada%2f..%2fbob/",
        b"/dav/ada%2Fwork/",
        b"/dav/ada/a%5cb.ics",
        b"/dav/ada/a%00b.ics",
        b"/dav/ada/a%0d%0ab.ics",
        b"/dav/ada/%ff.ics",
        b"/dav/ada/%C0%AE%C0%AE/",
        b"/%64av/ada/",
        b"/davada/",
        b"/else/",
    ],
)
def test_ambiguous_paths_are_bad(raw: bytes) -> None:
    with pytest.raises(BadPath) as caught:
        segments(raw, "/dav")
    assert caught.value.status == 400


def test_a_very_long_path_is_414() -> None:
    with pytest.raises(BadPath) as caught:
        segments(b"/dav/ada/" + b"x" * 5000, "/dav")
    assert caught.value.status == 414
