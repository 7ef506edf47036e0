"""Mavis: vaccination sessions in schools and clinics."""

from calgate.domain.pack import Pack, only, swapped
from calgate.domain.rules import cancel, dates, locks, series, states

PACK = Pack(
    name="mavis",
    version="1",
    title="School and clinic vaccination sessions",
    rules=(
        locks.CLAIM_OR_SUBMITTED,
        *swapped(only(states.RULES, "R-STA-3", "R-STA-4"), states.UNDONE_SCHEDULED),
        *dates.RULES,
        *only(series.RULES, "R-SER-11"),
        *cancel.RULES,
    ),
)
