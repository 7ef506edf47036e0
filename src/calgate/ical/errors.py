"""What is wrong with a calendar object, as the CALDAV preconditions name it (RFC 4791 section 5.3.2.1)."""

from __future__ import annotations

CALDAV = "{urn:ietf:params:xml:ns:caldav}"
VALID_DATA = f"{CALDAV}valid-calendar-data"
VALID_OBJECT = f"{CALDAV}valid-calendar-object-resource"
SUPPORTED_COMPONENT = f"{CALDAV}supported-calendar-component"
SUPPORTED_DATA = f"{CALDAV}supported-calendar-data"
MAX_INSTANCES = f"{CALDAV}max-instances"
MAX_SIZE = f"{CALDAV}max-resource-size"


class BadCalendar(Exception):
    """A body that cannot be taken: the precondition it breaks (Clark name) and one sentence for the user."""

    def __init__(self, precondition: str, sentence: str) -> None:
        super().__init__(sentence)
        self.precondition = precondition
        self.sentence = sentence


def bad_data(sentence: str) -> BadCalendar:
    """Not iCalendar, or iCalendar that breaks RFC 5545."""
    return BadCalendar(VALID_DATA, sentence)


def bad_object(sentence: str) -> BadCalendar:
    """iCalendar that is not one calendar object (RFC 4791 section 4.1)."""
    return BadCalendar(VALID_OBJECT, sentence)
