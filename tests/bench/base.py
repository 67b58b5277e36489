# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts of the benchmark have in common."""

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = 0.05  # share of the machine that other programs may use during a run
CALM_SECONDS = 10  # how long is waited for others to use less; some never do
MEMBER_BYTES = 1.5 * 1024 * 1024  # with its page tables and kernel memory


class Skipped(Exception):
    """A figure that cannot be had here, and why."""


class Run:
    """What one run of a command has cost."""

    def __init__(self, wall_ns, user_us, system_us, peak_kib):
        self.wall = wall_ns / 1e6
        self.cpu = (user_us + system_us) / 1e3
        self.peak = peak_kib


class Bench:
    def __init__(self, options, home):
        self.options = options
        self.home = home
        self.memtop = str(options.build / "memtop")
        self.environment = os.environ | {
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "HTOPRC": str(home / "htoprc"),
            "ATOPACCT": "",  # no process accounting
        }

    def forget_settings(self):
        """What programs have saved; btop's interval is a setting."""
        (self.home / "htoprc").unlink(missing_ok=True)
        shutil.rmtree(self.home / "btop", ignore_errors=True)
        (self.home / "btop").mkdir()
        (self.home / "btop" / "btop.conf").write_text("update_ms = 1000\n")

    def meter(self, *command):
        """Runs the command once; its output is thrown away."""
        meter = [self.options.build / "bench-meter", *command]
        with child(meter, env=self.environment, stdout=subprocess.PIPE, text=True) as process:
            output = process.communicate()[0]
        if process.returncode != 0:
            raise Skipped(f"{command[0]} failed")
        return Run(*map(int, output.split()))


@contextmanager
def child(command, **how):
    """A process that does not outlive the block; it ends its own children."""
    process = subprocess.Popen(command, **how)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


def memory_available():
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


@contextmanager
def herd(bench, size, *options):
    if size * MEMBER_BYTES > memory_available():
        raise Skipped("not enough memory available")
    command = [bench.options.build / "bench-herd", *options, str(size)]
    with child(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout.readline() != "ready\n":
            raise Skipped("cannot start so many processes")
        yield process.pid


def process_count():
    return sum(name.isdigit() for name in os.listdir("/proc"))


# Other programs


def children(pid):
    numbers = set()
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            numbers.update(map(int, thread.read_text().split()))
    return numbers


def own_processes():
    """The benchmark, what it has started, and the members of a herd."""
    own = {os.getpid()} | children(os.getpid())
    return own.union(*map(children, own))


def cpu_of_others():
    """
    Seconds of CPU time that other programs have used so far, with those of theirs that have ended.
    Threads of the kernel work for all, also for what is measured.
    """
    ticks, own = 0, own_processes()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) in own:
            continue
        with suppress(OSError):
            _, parent, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += 0 if parent == "2" else sum(map(int, fields[9:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def share_of_others(shares):
    """Adds to a list the share of the machine that others use during the block."""
    before, start = cpu_of_others(), time.monotonic()
    yield
    seconds = time.monotonic() - start
    shares.append(max(0, cpu_of_others() - before) / seconds / os.cpu_count())


def wait_until_calm():
    end = time.monotonic() + CALM_SECONDS
    while time.monotonic() < end:
        shares = []
        with share_of_others(shares):
            time.sleep(1)
        if shares[0] <= OTHERS:
            return


# Programs with a screen


class Screen:
    """A program on a terminal of 160x50 of its own."""

    def __init__(self, command, environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in (self.press_q, self.signal(signal.SIGTERM), self.signal(signal.SIGKILL)):
            end()
            if self.has_ended(1):
                break
        os.close(self.terminal)

    def press_q(self):
        os.write(self.terminal, b"q")

    def signal(self, number):
        return lambda: os.kill(self.pid, number)

    def has_ended(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
            self.watch(0.02)
        return False

    def read(self, seconds):
        """Some of what it draws; nothing where it draws nothing for so long."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.terminal, 65536)
        except OSError:  # it has ended
            time.sleep(seconds)
            return b""

    def watch(self, seconds):
        """Reads what it draws, as a terminal does."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)


# Output


def number(value):
    if value is None:
        return "-"
    return f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def first_line(command):
    run = subprocess.run(command, capture_output=True, text=True)
    lines = (run.stdout or run.stderr).strip().splitlines()
    return lines[0] if run.returncode == 0 and lines else "?"


def print_heading(bench):
    kernel = os.uname()
    print(f"{kernel.sysname} {kernel.release}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
    print(first_line([bench.memtop, "--version"]))
    for peer in sorted({peer.removesuffix("-b") for peer in bench.options.peers}):
        version = "-v" if peer == "btop" else "-V"
        print(f"{peer}: {first_line([peer, version]) if shutil.which(peer) else 'not installed'}")
    sys.stdout.flush()


# Options


def numbers(text, least=1):
    values = [int(part) for part in text.split(",")]
    if min(values) < least:
        raise ValueError
    return values


def create_parser(description, epilog):
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=description, epilog=epilog,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    return parser


def add_sizes(parser, sizes):
    parser.add_argument("-n", metavar="N,...", dest="sizes", type=numbers, default=sizes,
                        help=f"numbers of processes ({','.join(map(str, sizes))})")


def run(parser, measure):
    """Returns 1 if `measure` says that something is missed."""
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="memtop-bench-") as home:
        return 1 if measure(Bench(options, Path(home))) else 0
