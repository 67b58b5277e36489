# SPDX-License-Identifier: GPL-3.0-or-later
"""A memtop on a pseudo-terminal: for what no tmux can show, as how the terminal is left."""

import fcntl
import os
import pty
import re
import resource
import select
import signal
import struct
import termios
import threading
import time

import pytest
from conftest import MEMTOP

LIMIT = 60  # seconds; only what never comes takes them
TERMINAL = "xterm-256color"
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
HIDE, SHOW = b"\x1b[?25l", b"\x1b[?25h"


def wait_until(holds):
    end = time.monotonic() + LIMIT
    while not (result := holds()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.01)
    return result


class Screen:
    """A memtop on a pseudo-terminal of its own, all of whose output is kept."""

    def __init__(self, folder, *arguments, controlling=True, job=False, wrapper=()):
        self.master, self.slave = pty.openpty()
        self.resize(80, 24)
        self.before = termios.tcgetattr(self.slave)
        self.errors = folder / "stderr"
        self.output = bytearray()
        self.closing = False
        self.statuses, told = os.pipe()
        variables = dict(os.environ, TERM=TERMINAL, HOME=str(folder), XDG_CONFIG_HOME=str(folder))
        variables.pop("NO_COLOR", None)
        self.pid = self.child = os.fork()
        if self.child == 0:
            try:
                self.become(told, controlling, job, [*wrapper, MEMTOP, *arguments], variables)
            finally:
                os._exit(127)
        os.close(told)
        if job:
            self.pid = int(self.status())
        self.reader = threading.Thread(target=self.read, args=[self.master], daemon=True)
        self.reader.start()

    def become(self, told, controlling, job, command, variables):
        """In the child: makes the terminal its own; as a job also a shell's part in between."""
        os.setsid()
        if controlling:
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if job:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            self.run_job(told, command, variables)
        self.execute(command, variables)

    def run_job(self, told, command, variables):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.tcsetpgrp(self.slave, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            self.execute(command, variables)
        os.write(told, b"%d\n" % pid)
        while True:
            _, status = os.waitpid(pid, os.WUNTRACED)
            os.write(told, b"%d\n" % status)
            if not os.WIFSTOPPED(status):
                os._exit(0)

    def execute(self, command, variables):
        errors = os.open(self.errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number, descriptor in enumerate([self.slave, self.slave, errors]):
            os.dup2(descriptor, number)
        os.closerange(3, 100)
        os.execvpe(command[0], command, variables)

    def status(self):
        """The next line that the shell's part says."""
        line = b""
        while not line.endswith(b"\n"):
            assert select.select([self.statuses], [], [], LIMIT)[0]
            line += os.read(self.statuses, 1)
        return line

    def read(self, descriptor):
        while not self.closing:
            try:
                if select.select([descriptor], [], [], 0.01)[0]:
                    self.output += os.read(descriptor, 65536)
            except OSError:
                return

    def close_terminal(self):
        self.closing = True
        self.reader.join()
        os.close(self.master)
        os.close(self.slave)
        self.master = self.slave = -1

    def resize(self, width, height):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, keys):
        """Types as fast as the program takes it."""
        while keys:
            assert select.select([], [self.master], [], LIMIT)[1]
            keys = keys[os.write(self.master, keys[:256]) :]

    def let_draw(self):
        """Until all keys are taken, and for about as long as a storm of resizes is waited out."""
        wait_until(lambda: self.has_ended() or fcntl.ioctl(self.slave, termios.TIOCINQ, bytes(4)) == bytes(4))
        assert not self.has_ended(), self.complaints()
        time.sleep(0.05)

    def wait_for_screen(self, start=0):
        wait_until(lambda: b"COMMAND" in self.output[start:])

    def has_ended(self):
        return os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self):
        """Waits for the end and returns the status: minus the signal's number, if by one."""
        pid, status = wait_until(lambda: (pair := os.waitpid(self.child, os.WNOHANG))[0] and pair)
        self.child = 0
        return os.waitstatus_to_exitcode(status)

    def complaints(self):
        return self.errors.read_text(errors="replace")

    def is_given_back(self, was_drawing=False):
        """Whether the modes are as before, the main screen is shown and so is the cursor.

        After that nothing is written, but where another thread was just drawing.
        """
        wait_until(lambda: self.output.rfind(LEAVE) > self.output.rfind(ENTER))
        assert termios.tcgetattr(self.slave) == self.before
        assert self.output.rfind(SHOW) > self.output.rfind(HIDE)
        assert self.output.rfind(b"\x1b[?1000l") >= self.output.rfind(b"\x1b[?1000h")
        assert was_drawing or re.fullmatch(rb"(\x1b[\[=>?0-9;]*[a-zA-Z]?|\r)*", self.output[self.output.rfind(LEAVE) :])
        return True

    def close(self):
        if self.child:
            for pid in {self.pid, self.child}:
                os.kill(pid, signal.SIGKILL)
            os.waitpid(self.child, 0)
        self.closing = True
        self.reader.join()
        for descriptor in {self.slave, self.statuses, self.master}:
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def start(tmp_path):
    screens = []

    def start(*arguments, **options):
        screens.append(Screen(tmp_path, *arguments, **options))
        return screens[-1]

    yield start
    for screen in screens:
        screen.close()
