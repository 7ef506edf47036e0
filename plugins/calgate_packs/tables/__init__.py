"""Scenario rows that several packs share, and the small practice in which they play."""
