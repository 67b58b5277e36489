# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal is given back on every way out, and no key or size breaks the screen.

Keys never include "y": a question about a signal is never answered with yes.
"""

import ctypes
import os
import pty
import random
import signal
import termios
import threading
import time
from pathlib import Path

import pytest
from conftest import MEMTOP, NO_KERNEL_LOG, run
from screen_on_pty import ENTER, LEAVE, LIMIT, TERMINAL, start, wait_until  # noqa: F401: a fixture


@pytest.mark.parametrize("keys", [b"q", b"\x1b[21~", b"?qq", b"\r3x?\x1b[21~", b"\rqq", b"z" + b"q", b"5q"])
def test_a_key_leaves(start, keys):
    screen = start()
    screen.wait_for_screen()
    screen.type(keys)
    assert screen.end() == 0
    assert screen.complaints() == ""
    assert screen.is_given_back()


def test_escape_and_yes_leave(start, mounts, tmp_path):
    """Of the kills of other tests nothing is known: Esc would be about them first."""
    (tmp_path / "vmstat").write_bytes(Path("/proc/vmstat").read_bytes())
    script = f'{NO_KERNEL_LOG} && mount --bind "$0" /proc/vmstat && exec "$@"'
    screen = start(wrapper=["unshare", "-rm", "sh", "-c", script, str(tmp_path / "vmstat")])
    screen.wait_for_screen()
    screen.type(b"\x1by")
    assert screen.end() == 0
    assert screen.complaints() == "" and screen.is_given_back()


def test_it_leaves_while_it_reads(start):
    """What was asked to be read is still looked at by the other thread."""
    pids = ",".join(name for name in os.listdir("/proc") if name.isdigit())
    for _ in range(5):
        screen = start("-p", pids, "--exact")
        wait_until(lambda: ENTER in screen.output)
        screen.type(b"q")
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


def test_a_stop_while_it_reads_and_draws_is_not_lost(start):
    for _ in range(10):
        screen = start("-d", "0.01", job=True)
        screen.wait_for_screen()
        screen.type(b"\x1a")
        assert os.WIFSTOPPED(int(screen.status()))
        os.kill(screen.pid, signal.SIGKILL)
        assert not os.WIFSTOPPED(int(screen.status()))
        assert screen.end() == 0


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


@pytest.mark.parametrize("button", [0, 1, 2, 3, 4, 16, 64, 65, 66, 67, 128])
@pytest.mark.parametrize("end", [b"M", b"m"], ids=["pressed", "let-go"])
def test_the_screen_goes_on_after_any_event_of_the_mouse(start, button, end):
    """Curses waits for a key after those that were not asked for: nothing would be read or drawn until then."""
    screen = start("-d", "0.1")
    screen.wait_for_screen()
    screen.type(b"\x1b[<%d;10;9%c" % (button, end[0]))
    for _ in range(3):
        at = len(screen.output)
        wait_until(lambda: len(screen.output) > at)
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
    *[b"k\x1b[B\rn", b"u\r", b"u!s\r", b"\x1b[17~cpu\r", b".\x1b[6~\r", b"V-", b"V+", b"\x1b[19~\x1b", b"\x0b"],
]
FORBIDDEN = b"yYqQ\x03\x1c\x1a\x13\x11"  # yes, leave, signals, and the terminal's own stop and go


def random_key(chance):
    if chance.random() < 0.4:
        return chance.choice(SPECIAL)
    while (byte := chance.randrange(1, 256)) in FORBIDDEN:
        continue
    return bytes([byte])


# A PID namespace, since the keys may change the OOM priority of whatever is on the screen, with
# short-lived processes in it without an end.
HERD = """
(while :; do for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait; done) 2>/dev/null &
"$@"
"""


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
def test_random_keys_and_sizes_do_no_harm(start, mounts, seed):
    full = os.environ.get("MEMTOP_TORTURE")
    screen = start("-d", "0.1", wrapper=["unshare", "-rmpf", "--mount-proc", "sh", "-c", HERD, "sh"])
    torture(screen, seed, keys=20000 if full else 4000, resizes=500 if full else 100)
    screen.type(b"\x1b[21~")  # from any page
    assert screen.end() == 0, screen.complaints()
    assert screen.complaints() == ""
    assert screen.is_given_back()


def test_after_n_refreshes_each_row_on_the_screen_is_whole(start):  # noqa: F811
    screen = start("--no-config", "-n", "1", "-F", "pid,res,oom,command", "-o", "pid", "--filter", "pid=1")
    with open("/proc/1/cmdline", "rb") as file:
        command = file.read().split(b"\0")[0].split(b"/")[-1][:20]
    wait_until(lambda: LEAVE in screen.output)
    assert command in screen.output
