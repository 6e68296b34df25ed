"""A program on a pseudo-terminal, driven and read as by a person at a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time


class Terminal:
    """Runs a command with standard error, or all three streams, on a terminal of `columns` columns."""

    def __init__(self, command, columns=80, environment=None, everything=False, out=subprocess.PIPE):
        self.main, other = pty.openpty()
        self.resize(columns)
        streams = {"stdin": other, "stdout": other} if everything else {"stdin": subprocess.DEVNULL, "stdout": out}
        self.process = subprocess.Popen(
            list(map(str, command)),
            stderr=other,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", **(environment or {})},
            preexec_fn=(lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0)),
            **streams,
        )
        os.close(other)
        self.shown = ""

    def resize(self, columns):
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def type(self, text):
        os.write(self.main, text.encode())

    def read(self, seconds=0.05):
        """Reads what is there within the time. Returns false at the end."""
        if not select.select([self.main], [], [], seconds)[0]:
            return True
        try:
            some = os.read(self.main, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += some.decode(errors="replace")
        return bool(some)

    def wait_for(self, pattern, seconds=120):
        until = time.monotonic() + seconds
        while not re.search(pattern, self.shown):
            assert self.read() and time.monotonic() < until, f"{pattern!r} does not come after:\n{self.shown}"

    def finish(self, seconds=300):
        """Reads to the end. Returns the exit code."""
        until = time.monotonic() + seconds
        while self.read() and time.monotonic() < until:
            pass
        code = self.process.wait(timeout=60)
        os.close(self.main)
        return code

    def interrupt(self, number=signal.SIGINT):
        self.process.send_signal(number)


def drawn_lines(shown):
    """Every form of every line, without the sequences that clear the rest of a line."""
    return [line.replace("\033[K", "") for line in re.split(r"[\r\n]+", shown) if line.replace("\033[K", "")]
