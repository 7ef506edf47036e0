"""Pure values and functions: sessions, changes, rules, verdicts. No I/O, no clock, no log, no randomness."""
