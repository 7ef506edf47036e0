import xml.etree.ElementTree as ElementTree

import pytest

from calgate.domain.verdict import Refused
from calgate.doors.caldav import refusals
from tests.support.dav import CG, C, D

REFUSED = Refused("R-ORG-2", "Ask <the office> & wait.", "org")
PATH = "/dav/ada/sessions/a b.ics"


def body(
    refusal: Refused = REFUSED, agent: str = "", privilege: str = "write-content"
) -> ElementTree.Element:
    answer = refusals.refused(refusal, PATH, privilege, agent)
    assert answer.status == 403
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.body is not None
    return ElementTree.fromstring(answer.body)


def test_a_refusal_names_rule_contact_sentence_and_privilege() -> None:
    root = body()
    refused = root.find(CG + "refused")
    assert refused is not None
    assert (root.tag, dict(refused.attrib), refused.text) == (
        D + "error",
        {"rule": "R-ORG-2", "contact": "org"},
        "Ask <the office> & wait.",
    )
    resource = root.find(f"{D}need-privileges/{D}resource")
    assert resource is not None
    assert resource.findtext(D + "href") == "/dav/ada/sessions/a%20b.ics"
    assert resource.find(f"{D}privilege/{D}write-content") is not None


@pytest.mark.parametrize(
    ("agent", "there"), [("Evolution/3.50.1", False), ("DAVx5/4 Evolution/", True), ("", True)]
)
def test_evolution_is_shown_our_sentence_without_privileges(agent: str, there: bool) -> None:
    assert (body(agent=agent).find(D + "need-privileges") is not None) is there


def test_a_precondition_comes_along_where_one_fits() -> None:
    root = body(Refused("R-SER-1", "No.", "org", precondition=C + "max-instances"))
    assert [child.tag for child in root] == [CG + "refused", C + "max-instances", D + "need-privileges"]


def test_retry_after_is_a_header() -> None:
    answer = refusals.refused(Refused("R-STA-1", "Wait.", "org", retry_after=120), PATH, "write-content", "")
    assert answer.headers["Retry-After"] == "120"
    assert "Retry-After" not in refusals.refused(REFUSED, PATH, "write-content", "").headers


def test_no_error_body_is_ever_empty() -> None:
    for answer in (
        refusals.not_found(),
        refusals.foreign("/dav/bob/"),
        refusals.problem(400, "No."),
        refusals.precondition(refusals.LOCATION, "No."),
    ):
        assert answer.body is not None
        assert len(ElementTree.fromstring(answer.body)) > 0
