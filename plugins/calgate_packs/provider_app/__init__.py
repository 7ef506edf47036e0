"""Provider app: the organization schedules sessions and validates what practitioners change."""

from calgate.domain.pack import Pack, only
from calgate.domain.rules import cancel, creation, general, hours, locks, organization, own, series, states

PACK = Pack(
    name="provider_app",
    version="1",
    title="Sessions scheduled and validated by an organization",
    rules=(
        *general.RULES,
        *locks.RULES,
        *only(states.RULES, "R-STA-1", "R-STA-2", "R-STA-3", "R-STA-4", "R-STA-5", "R-STA-6", "R-STA-8"),
        *series.RULES,
        *organization.RULES,
        *creation.RULES,
        *own.RULES,
        *only(cancel.RULES, "R-CAN-1", "R-CAN-4"),
        *hours.RULES,
    ),
)
