"""Doors: each speaks one protocol and decides nothing."""
