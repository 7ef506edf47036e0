"""The CalDAV door: RFC 4918, 4791, 5689, 6578, 3744 spoken to the gate, without knowing Radicale."""
