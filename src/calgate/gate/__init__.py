"""The only writer: every change of every door comes through here and is judged by the same rules."""
