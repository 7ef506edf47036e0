"""calgate: a practice's sessions on every calendar, both ways, with the practice's rules in force."""

__version__ = "0.1.0"
