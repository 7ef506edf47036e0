"""A server process of our own: start it, wait for its first answer, measure it, end it by its pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

START_TIMEOUT_S = 120.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class StartError(RuntimeError):
    """The server did not answer in time, or ended."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One server; its output goes to `log`."""

    def __init__(
        self, command: Sequence[str], log: Path, port: int, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self._log = log
        self._port = port
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, probe: bytes) -> float:
        """Seconds from exec to the first answer below 500 to the request `probe`; raises StartError."""
        with self._log.open("ab") as log:
            self._started = time.monotonic()
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environment
            )
        while time.monotonic() - self._started < START_TIMEOUT_S and self.running:
            if self._answers(probe):
                return time.monotonic() - self._started
            time.sleep(0.01)
        self.stop()
        tail = self._log.read_text(errors="replace")[-1500:]
        raise StartError(f"{self._command[0]} did not start; the end of its output:\n{tail}")

    def stop(self) -> None:
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None

    def memory(self) -> int:
        """Resident bytes, now, of the process and its descendants."""
        return sum(_resident(pid) for pid in self._pids())

    def peak_memory(self) -> int:
        """Highest resident bytes so far, summed over the process and its descendants."""
        return sum(_status_kib(pid, "VmHWM") * 1024 for pid in self._pids())

    def _pids(self) -> list[int]:
        return [] if self._process is None else [self._process.pid, *_descendants(self._process.pid)]

    def _answers(self, probe: bytes) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 0.5) as connection:
                connection.settimeout(START_TIMEOUT_S)
                connection.sendall(probe)
                head = connection.recv(64)
                return head[9:12].isdigit() and int(head[9:12]) < 500
        except OSError:
            return False


def disk_usage(folder: Path) -> int:
    """Allocated bytes of all files below `folder`."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


def _descendants(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [below for child in children for below in _descendants(child)]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _status_kib(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)
