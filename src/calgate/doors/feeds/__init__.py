"""The feeds door: links that calendar programs subscribe to."""
