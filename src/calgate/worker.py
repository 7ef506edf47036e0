"""The server's own work beside answering requests: it does what falls due."""

from __future__ import annotations

import threading

import structlog

from calgate.gate.gate import Gate

SECONDS = 5.0
log = structlog.get_logger()


class Tender:
    """Looks every few seconds whether something is due. A fault is logged and the next look comes anyway."""

    def __init__(self, gate: Gate, seconds: float = SECONDS) -> None:
        self._gate = gate
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tender", daemon=True)

    def start(self) -> None:
        """Begins, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the work in hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self._gate.tend() > 0
            except Exception:
                log.exception("what is due could not be done")
                busy = False
            if not busy:
                self._stopping.wait(self._seconds)
