import time

import pytest

from calgate.doors.caldav import xml


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"\x00\x01\x02",
        b"\xff\xfe\x00",
        b"not xml at all",
        b"<a xmlns:x='y'><z:b/></a>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    ],
)
def test_what_is_no_xml_or_has_a_dtd_is_bad(body: bytes) -> None:
    with pytest.raises(xml.BadXml) as caught:
        xml.parse(body)
    assert caught.value.status == 400


def test_an_entity_bomb_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e11;</a>'.encode()
    began = time.perf_counter()
    with pytest.raises(xml.BadXml):
        xml.parse(bomb)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("depth", [xml.MAX_DEPTH + 1, 1_000, 50_000])
def test_deep_xml_is_refused(depth: int) -> None:
    with pytest.raises(xml.BadXml) as caught:
        xml.parse(b"<a>" * depth + b"</a>" * depth)
    assert caught.value.status in (400, 413)


def test_xml_as_deep_as_allowed_is_read() -> None:
    assert xml.parse(b"<a>" * xml.MAX_DEPTH + b"</a>" * xml.MAX_DEPTH).tag == "a"


@pytest.mark.parametrize(
    "body", [b"<a>" + b" " * xml.MAX_BYTES + b"</a>", b"<a>" + b"<b/>" * 200_000 + b"</a>"]
)
def test_too_much_xml_is_413(body: bytes) -> None:
    with pytest.raises(xml.BadXml) as caught:
        xml.parse(body)
    assert caught.value.status == 413


def test_names_are_written_with_known_prefixes_and_others_declared() -> None:
    assert xml.empty("{DAV:}prop") == "<D:prop/>"
    assert xml.element("{urn:x}y", "z") == '<X:y xmlns:X="urn:x">z</X:y>'
    assert xml.element("y", "z") == "<y>z</y>"


def test_every_written_element_is_read_back_as_the_same_name() -> None:
    names = [
        "{DAV:}a",
        "{urn:ietf:params:xml:ns:caldav}b",
        '{urn:"quoted"&<x>}c',
        "plain",
        "{http://e.org/}é",
    ]
    body = xml.document("D:prop", "".join(xml.empty(name) for name in names))
    assert [child.tag for child in xml.parse(body)] == names


def test_text_is_escaped_and_what_xml_forbids_is_dropped() -> None:
    assert xml.text("a<b>&\x00\x0b\ud800c") == "a&lt;b&gt;&amp;c"


def test_hrefs_are_percent_encoded() -> None:
    assert xml.href("/dav/ada/a b&<'ü%.ics") == "<D:href>/dav/ada/a%20b%26%3C%27%C3%BC%25.ics</D:href>"


def test_outer_keeps_children_text_and_the_language_in_scope() -> None:
    node = xml.parse(b'<p xmlns="urn:x" xml:lang="de"><q>a<r/>b</q>tail</p>')[0]
    again = xml.parse(xml.outer(node, "de").encode())
    assert (again.tag, again.get(xml.XML_LANG), again.text, again[0].tail) == ("{urn:x}q", "de", "a", "b")
    assert node.tail == "tail"
