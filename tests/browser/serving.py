"""A server as a person starts it, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep


class Serving:
    """``sim serve`` on a port of its own, that can be ended and started again at the same address."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._arguments, self._log, self._port = arguments, log, "0"
        self.address = ""
        self.start()

    def start(self) -> None:
        """Begin, and wait until it answers."""
        start = len(self.log)
        command = [sys.executable, "-m", "sim", "serve", "--no-open", "--port", self._port, *self._arguments]
        with self._log.open("ab") as file:
            self._process = subprocess.Popen(command, stdout=file, stderr=file)
        end = monotonic() + 90
        while not (match := re.search(r"http://[\d.]+:(\d+)", self.log[start:])):
            assert self._process.poll() is None, self.log
            assert monotonic() < end, self.log
            sleep(0.05)
        self.address, self._port = match[0], match[1]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(60)

    @property
    def log(self) -> str:
        """All that it wrote."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""
