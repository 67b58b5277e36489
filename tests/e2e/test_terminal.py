# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal is given back on every way out, and no key or size breaks the screen.

Keys never include "y": a question about a signal is never answered with yes.
"""

import ctypes
import fcntl
import os
import pty
import random
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import threading
import time

import pytest
from conftest import MEMTOP, run

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

    def __init__(self, folder, *arguments, controlling=True, job=False):
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
                self.become(told, controlling, job, [MEMTOP, *arguments], variables)
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
        os.execve(command[0], command, variables)

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


@pytest.mark.parametrize("keys", [b"q", b"\x1b[21~", b"?q", b"\rq", b"z" + b"q"])
def test_a_key_leaves(start, keys):
    screen = start()
    screen.wait_for_screen()
    screen.type(keys)
    assert screen.end() == 0
    assert screen.complaints() == ""
    assert screen.is_given_back()


WAYS_OUT = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]
CRASHES = [signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT]


@pytest.mark.parametrize("number", WAYS_OUT + CRASHES)
def test_a_signal_ends_it_with_its_status(start, number):
    screen = start("-d", "86400")
    screen.wait_for_screen()
    os.kill(screen.pid, number)
    assert screen.end() == -number
    assert screen.is_given_back()


@pytest.mark.parametrize("keys, number", [(b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT)])
def test_a_signal_key_ends_it_with_its_status(start, keys, number):
    screen = start("-d", "86400")
    screen.wait_for_screen()
    screen.type(keys)
    assert screen.end() == -number
    assert screen.is_given_back()


def test_a_signal_at_any_moment_ends_it(start):
    """While it reads and draws without a pause, none may get lost between looking and waiting."""
    for _ in range(10):
        screen = start("-d", "86400")
        screen.wait_for_screen()
        screen.type(b"\x0c" * 20)
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.end() == -signal.SIGTERM
        assert screen.is_given_back()


@pytest.mark.parametrize("number", CRASHES)
def test_a_crash_of_the_other_thread_gives_the_terminal_back(start, number):
    screen = start("-d", "86400")
    screen.wait_for_screen()
    thread = wait_until(lambda: [int(name) for name in os.listdir(f"/proc/{screen.pid}/task") if int(name) != screen.pid])
    assert ctypes.CDLL(None).tgkill(screen.pid, thread[-1], int(number)) == 0
    assert screen.end() == -number
    assert screen.is_given_back(was_drawing=True)


@pytest.mark.parametrize("controlling", [True, False])
def test_a_closed_terminal_ends_it(start, controlling):
    screen = start("-d", "86400", controlling=controlling)
    screen.wait_for_screen()
    screen.close_terminal()
    assert screen.end() == (-signal.SIGHUP if controlling else 0)


def test_a_stopped_screen_comes_back(start):
    screen = start("-d", "86400", job=True)
    screen.wait_for_screen()
    screen.type(b"\x1a")
    assert os.WIFSTOPPED(int(screen.status()))
    assert screen.is_given_back()
    at = len(screen.output)
    screen.resize(100, 30)  # the shell hears of it, not the stopped program
    os.kill(screen.pid, signal.SIGCONT)
    wait_until(lambda: ENTER in screen.output[at:] and b"SWAP" in screen.output[at:])
    assert termios.tcgetattr(screen.slave) != screen.before
    screen.type(b"q")
    assert int(screen.status()) == 0
    assert screen.end() == 0
    assert screen.is_given_back()


@pytest.mark.parametrize("button", [0, 1, 2, 64, 65])
def test_mouse_events_do_not_leave(start, button):
    """Also those that are not asked for, as the release of a button."""
    screen = start("-d", "86400")
    screen.wait_for_screen()
    for end in b"Mm":
        at = len(screen.output)
        screen.type(b"\x1b[<%d;10;9%c" % (button, end) + b"\x0c")
        wait_until(lambda: b"COMMAND" in screen.output[at:])
    screen.type(b"q")
    assert screen.end() == 0


# Where no screen is possible.


def is_one_block(status, output, errors):
    assert status == 0
    assert output.startswith(b"memtop  ") and output.count(b"memtop  ") == 1 and b"\x1b" not in output
    assert errors.count("\n") == 1 and "no screen is possible here" in errors


@pytest.mark.parametrize("name", [None, "", "dumb", "unknown", "no-such-terminal"])
def test_without_a_usable_terminal_there_is_one_block(tmp_path, name):
    variables = {key: value for key, value in os.environ.items() if key != "TERM"}
    if name is not None:
        variables["TERM"] = name
    master, slave = pty.openpty()
    output = bytearray()
    reader = threading.Thread(target=lambda: read_all(master, output))
    reader.start()
    variables["ASAN_OPTIONS"] = "detect_leaks=0"  # curses loses memory where it knows no terminal
    with open(tmp_path / "stderr", "w+") as errors:
        process = run(MEMTOP, stdin=slave, stdout=slave, stderr=errors, env=variables)
        os.close(slave)
        reader.join(LIMIT)
        os.close(master)
        errors.seek(0)
        is_one_block(process.returncode, bytes(output), errors.read())


def read_all(descriptor, output):
    try:
        while data := os.read(descriptor, 65536):
            output += data
    except OSError:
        pass


@pytest.mark.parametrize("stdin", ["/dev/null", "/dev/ptmx"])
def test_without_a_terminal_there_is_one_block(stdin):
    with open(stdin, "rb", buffering=0) as descriptor:
        process = run(MEMTOP, stdin=descriptor, env=dict(os.environ, TERM=TERMINAL))
    is_one_block(process.returncode, process.stdout, process.stderr.decode())


# Random keys and sizes.

SPECIAL = [
    *[b"\x1b[" + code for code in b"A B C D H F 1~ 2~ 3~ 4~ 5~ 6~ Z 15~ 17~ 18~ 19~ 20~ 24~".split()],
    *[b"\x1bO" + code for code in b"A B C D H F P Q R S".split()],
    *[b"\x1b[<0;%d;%dM" % (x, y) for x in (1, 30, 80, 400) for y in (1, 6, 12, 190)],
    *[b"\x1b[<64;5;9M", b"\x1b[<65;5;9M", b"\x1b[<0;5;9m", b"\x1b[<", b"\x1b[", b"\x1b", b"\x1bO"],
    *["ä".encode(), "日本".encode(), "e\u0301".encode(), b"\xff", b"\xc3", b"\r", b"\r", b"\t", b"\x7f"],
    *[b"\\rss>1M\r", b"/sh\r", b"uroot\r", b"f \x1b[B \x1b", b"k\rn", b"k9\rn", b"d0.1\r", b"V", b"K", b"\x1b"],
]
FORBIDDEN = b"yYqQ\x03\x1c\x1a\x13\x11"  # yes, leave, signals, and the terminal's own stop and go


def random_key(chance):
    if chance.random() < 0.4:
        return chance.choice(SPECIAL)
    while (byte := chance.randrange(1, 256)) in FORBIDDEN:
        continue
    return bytes([byte])


@pytest.fixture
def herd():
    """Short-lived processes without an end."""
    script = "while :; do for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait; done"
    process = subprocess.Popen(["sh", "-c", script], start_new_session=True, stderr=subprocess.DEVNULL)
    yield
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def torture(screen, seed, keys, resizes):
    chance = random.Random(seed)
    screen.wait_for_screen()
    for _ in range(resizes):
        screen.type(b"".join(random_key(chance) for _ in range(keys // resizes)))
        screen.resize(chance.randint(1, 500), chance.randint(1, 200))
        if chance.random() < 0.3:
            screen.let_draw()
    screen.resize(80, 24)
    screen.type(b"\x07\x07\x07")


@pytest.mark.parametrize("seed", range(5) if os.environ.get("MEMTOP_TORTURE") else [1])
def test_random_keys_and_sizes_do_no_harm(start, herd, seed):
    full = os.environ.get("MEMTOP_TORTURE")
    screen = start("-d", "0.1")
    torture(screen, seed, keys=20000 if full else 4000, resizes=500 if full else 100)
    screen.type(b"q")
    assert screen.end() == 0, screen.complaints()
    assert screen.complaints() == ""
    assert screen.is_given_back()
