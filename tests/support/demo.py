"""The demo as people start it: a process of its own, reached over HTTP, ended by its own pid."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64encode
from http.client import HTTPConnection
from pathlib import Path

START_SECONDS = 30


class RunningDemo:
    """`calgate demo` on a free port; `log` is what it printed."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.log = data.with_suffix(".log")
        command = [sys.executable, "-m", "calgate", "demo", "--port", "0", "--data", str(data), *arguments]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CALGATE_")}
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env={**environment, "COLUMNS": "120"}
            )
        self.port = self._wait_for_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _wait_for_port(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            printed = self.output()
            if (found := re.search(r"http://127\.0\.0\.1:(\d+)", printed)) and "Ctrl-C" in printed:
                return int(found[1])
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"the demo did not start: {self.output()}")

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def request(
        self, method: str, path: str, login: str = "", body: str = "", **headers: str
    ) -> tuple[int, str]:
        if login:
            headers["Authorization"] = "Basic " + b64encode(login.encode()).decode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it by that signal; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(10)
