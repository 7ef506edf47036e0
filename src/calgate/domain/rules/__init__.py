"""The rules of session-rules, one module per family. Families do not know each other."""
