"""Sessions Health: a therapy practice whose practitioners schedule for themselves; nobody validates."""

from calgate.domain.pack import Pack, only, swapped
from calgate.domain.rules import cancel, creation, locks, own, series, states

PACK = Pack(
    name="sessions_health",
    version="1",
    title="Appointments of a therapy practice",
    rules=(
        *swapped(locks.RULES, locks.CLAIM_OR_SUBMITTED),
        *swapped(
            only(states.RULES, "R-STA-3", "R-STA-4", "R-STA-5", "R-STA-7"),
            states.UNDONE_SCHEDULED,
        ),
        *series.RULES,
        *swapped(creation.RULES, creation.CREATED_SCHEDULED, creation.PAST_SCHEDULED),
        *own.RULES,
        *only(cancel.RULES, "R-CAN-1", "R-CAN-4"),
    ),
)
