"""iCalendar in and out: the only place that speaks it."""
