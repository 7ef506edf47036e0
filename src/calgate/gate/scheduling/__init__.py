"""Meetings between people of one organization (RFC 6638): what one writes is delivered to the others."""
