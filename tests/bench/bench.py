# SPDX-License-Identifier: GPL-3.0-or-later
"""What memtop costs beside its peers; started by the script `run` next to it."""

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import contextmanager, suppress
from pathlib import Path

DESCRIPTION = """\
Prints what memtop costs beside its peers, with N processes that hold 1 MiB each.
All commands run in turn, over and over, so that each meets the same conditions.
A figure is the median of the rounds, a ratio the median of the rounds' ratios of
memtop to the peer. Build: release, in build-release."""

EPILOG = """\
Figures:
  cpu_per_refresh    CPU time (user + system), ms, of a refresh each second: of
                     14 refreshes less that of the first six, by eight. ps: of the
                     whole run. htop, btop and atop: of a second, on a terminal of 160x50
  syscalls           system calls for a process in a refresh, by strace, of the same
                     eight refreshes. ps: less those of `ps -V`
  peak_rss           largest resident memory, KiB, of the runs above
  free_*             `memtop free` beside `free`: a whole run
  start_*            `memtop batch -n 1` beside `ps aux` and `top -b -n 1`: a whole
                     run. In top's wall time is a wait of 150 ms
The herd is idle, as most processes are; with --active some of it is not.

Other parts, each with its own --help: tests/bench/run --screen, --soak MINUTES, --faults, --pss."""

TERMINAL_PEERS = ("htop", "btop", "atop")
PEERS = ("free", "ps", "top") + TERMINAL_PEERS

# memtop reads more in its first refreshes. Each process that sleeps is read in one of 16 later ones.
FIRST_REFRESHES, REFRESHES = 6, 8
SETTLE_SECONDS = 1.5  # the first screen; then measure between two refreshes
WINDOW_SECONDS = 3
FREE_PAIRS = 50
TRACED_SCREEN_LIMIT = 1000  # under strace htop does not keep up with more processes
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


class Figures:
    """Samples of one size of herd: samples[figure][program], one a round."""

    def __init__(self, size):
        self.size = size
        self.samples = {}
        self.notes = {}

    def add(self, figure, program, value):
        self.samples.setdefault(figure, {}).setdefault(program, []).append(value)

    def value(self, figure, program):
        samples = self.samples[figure].get(program)
        return statistics.median(samples) if samples else None

    def ratio(self, figure, peer):
        pairs = zip(self.samples[figure].get("memtop", []), self.samples[figure].get(peer, []))
        ratios = [own / other for own, other in pairs if other > 0]
        return statistics.median(ratios) if ratios else None


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
        write_btop_configuration(home, 1000)

    def has(self, program):
        return program in self.options.peers and shutil.which(program) is not None

    def meter(self, *command):
        """Runs the command once; its output is thrown away."""
        meter = [self.options.build / "bench-meter", *command]
        with child(meter, env=self.environment, stdout=subprocess.PIPE, text=True) as process:
            output = process.communicate()[0]
        if process.returncode != 0:
            raise Skipped(f"{command[0]} failed")
        return Run(*map(int, output.split()))

    def batch(self, program, count, delay=1):
        first = [self.memtop, "batch"] if program == "memtop" else ["top", "-b"]
        return [*first, "-n", str(count), "-d", str(delay)]


def write_btop_configuration(home, interval_ms):
    (home / "btop").mkdir()
    (home / "btop" / "btop.conf").write_text(f"update_ms = {interval_ms}\n")


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
        yield


def process_count():
    return sum(name.isdigit() for name in os.listdir("/proc"))


# Other programs


def cpu_of_kernel_threads():
    """Those that scan memory or write it back work for all, also for what is measured."""
    ticks = 0
    for pid in Path("/proc/2/task/2/children").read_text().split() if os.path.exists("/proc/2/task/2/children") else []:
        with suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def cpu_of_others():
    """Seconds that all CPUs were busy, but for the kernel's threads and what has ended here."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    own = os.times()
    busy = (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")
    return busy - own.children_user - own.children_system - cpu_of_kernel_threads()


def wait_until_calm():
    end = time.monotonic() + CALM_SECONDS
    while time.monotonic() < end:
        before = cpu_of_others()
        time.sleep(1)
        if cpu_of_others() - before <= OTHERS * os.cpu_count():
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

    def cpu_ms(self):
        """CPU time of all its threads, exactly: what clock_getcpuclockid(3) gives."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2) * 1e3
        except OSError:
            raise Skipped("it has ended") from None


def screen_command(program):
    return {"htop": ["htop", "-d", "10"], "btop": ["btop"], "atop": ["atop", "1"]}[program]


def cpu_of_screen(bench, program):
    with Screen(screen_command(program), bench.environment) as screen:
        screen.watch(SETTLE_SECONDS)
        cpu, start = screen.cpu_ms(), time.monotonic()
        screen.watch(WINDOW_SECONDS)
        return (screen.cpu_ms() - cpu) / (time.monotonic() - start)


# Figures


def measure_batch(bench, figures, program):
    first = bench.meter(*bench.batch(program, FIRST_REFRESHES))
    more = bench.meter(*bench.batch(program, FIRST_REFRESHES + REFRESHES))
    figures.add("cpu_per_refresh", program, (more.cpu - first.cpu) / REFRESHES)
    figures.add("peak_rss", program, more.peak)


def measure_ps(bench, figures):
    run = bench.meter("ps", "aux")
    figures.add("cpu_per_refresh", "ps", run.cpu)
    figures.add("peak_rss", "ps", run.peak)


def measure_round(bench, figures):
    measure_batch(bench, figures, "memtop")
    if bench.has("top"):
        measure_batch(bench, figures, "top")
    if bench.has("ps"):
        measure_ps(bench, figures)
    for program in TERMINAL_PEERS:
        if bench.has(program):
            try:
                figures.add("cpu_per_refresh", program, cpu_of_screen(bench, program))
            except Skipped as reason:
                figures.notes["cpu_per_refresh", program] = str(reason)


def measure_free(bench, figures):
    commands = {"memtop": [bench.memtop, "free"], "free": ["free"]}
    for _ in range(FREE_PAIRS if bench.has("free") else 0):
        for program, command in commands.items():
            run = bench.meter(*command)
            figures.add("free_wall", program, run.wall)
            figures.add("free_cpu", program, run.cpu)
            figures.add("free_peak_rss", program, run.peak)


def measure_start(bench, figures):
    commands = {"memtop": bench.batch("memtop", 1), "ps": ["ps", "aux"], "top": bench.batch("top", 1)}
    for _ in range(max(5, min(20, 10000 // figures.size))):
        for program, command in commands.items():
            if program == "memtop" or bench.has(program):
                run = bench.meter(*command)
                figures.add("start_wall", program, run.wall)
                figures.add("start_cpu", program, run.cpu)


# System calls


def traced_calls(bench, command):
    summary = bench.home / "strace"
    bench.meter("strace", "-f", "-c", "-o", summary, *command)
    return int(summary.read_text().splitlines()[-1].split()[3])


def calls_of_batch(bench, program):
    """A short delay changes nothing here: a refresh makes the same calls."""
    first, more = (
        traced_calls(bench, bench.batch(program, count, 0.1))
        for count in (FIRST_REFRESHES, FIRST_REFRESHES + REFRESHES)
    )
    return (more - first) / REFRESHES


def calls_of_ps(bench):
    return traced_calls(bench, ["ps", "aux"]) - traced_calls(bench, ["ps", "-V"])


def calls_of_htop(bench, size):
    """It has no count of refreshes, but begins each by opening meminfo."""
    if size > TRACED_SCREEN_LIMIT:
        raise Skipped("too many to trace")
    trace = bench.home / "strace"
    with Screen(["strace", "-f", "-o", str(trace), *screen_command("htop")], bench.environment) as screen:
        screen.watch(SETTLE_SECONDS + 2 * WINDOW_SECONDS)
    starts = []
    with trace.open(errors="replace") as lines:
        for number, line in enumerate(lines):
            if '"/proc/meminfo"' in line:
                starts.append(number)
    if len(starts) < 3:
        raise Skipped("too slow under strace")
    return (starts[-1] - starts[1]) / (len(starts) - 2)


def measure_calls(bench, figures):
    if not shutil.which("strace"):
        figures.notes["syscalls", "memtop"] = "strace: not installed"
        return
    counts = {
        "memtop": lambda: calls_of_batch(bench, "memtop"),
        "top": lambda: calls_of_batch(bench, "top"),
        "ps": lambda: calls_of_ps(bench),
        "htop": lambda: calls_of_htop(bench, figures.size),
    }
    for program, count in counts.items():
        if program == "memtop" or bench.has(program):
            try:
                figures.add("syscalls", program, count() / process_count())
            except Skipped as reason:
                figures.notes["syscalls", program] = str(reason)


# Output

ROWS = (
    ("cpu_per_refresh", "CPU a refresh, ms", ("top", "ps", "htop", "btop", "atop")),
    ("syscalls", "system calls a process", ("top", "ps", "htop")),
    ("peak_rss", "peak memory, KiB", ("top", "ps")),
    ("free_wall", "free: wall, ms", ("free",)),
    ("free_cpu", "free: CPU, ms", ("free",)),
    ("free_peak_rss", "free: peak memory, KiB", ("free",)),
    ("start_wall", "one run: wall, ms", ("ps", "top")),
    ("start_cpu", "one run: CPU, ms", ("ps", "top")),
)


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def reason_of_absence(bench, figures, figure, peer):
    if not shutil.which(peer):
        return "not installed"
    note = figures.notes.get((figure, peer)) or figures.notes.get((figure, "memtop"))
    return note or "not measured"


def print_table(bench, figures, processes, rounds):
    print(f"\nN = {figures.size}: {processes} processes in all, {rounds} rounds\n")
    print(f"{'figure':<24}{'memtop':>9}  {'peer':<5}{'theirs':>9}{'ratio':>8}")
    for figure, title, peers in ROWS:
        own = figures.value(figure, "memtop") if figure in figures.samples else None
        for peer in (peer for peer in peers if peer in bench.options.peers):
            other = figures.value(figure, peer) if figure in figures.samples else None
            shown = number(own) if title else ""
            line = f"{title:<24}{shown:>9}  {peer:<5}"
            if other is None:
                print(f"{line}  {reason_of_absence(bench, figures, figure, peer)}")
            else:
                print(f"{line}{number(other):>9}{figures.ratio(figure, peer) or 0:>8.2f}")
            title = ""
    sys.stdout.flush()


def print_ratios(all_figures):
    print("\nratios\n")
    for figures in all_figures:
        for figure, _, peers in ROWS:
            for peer in peers if figure in figures.samples else ():
                ratio = figures.ratio(figure, peer)
                if ratio is not None:
                    print(f"ratio {figure} {peer} {figures.size} {ratio:.2f}")


def first_line(command):
    run = subprocess.run(command, capture_output=True, text=True)
    lines = (run.stdout or run.stderr).strip().splitlines()
    return lines[0] if run.returncode == 0 and lines else "?"


def print_heading(bench):
    kernel = os.uname()
    print(f"{kernel.sysname} {kernel.release}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
    print(first_line([bench.memtop, "--version"]))
    for peer in bench.options.peers:
        print(f"{peer}: {first_line([peer, '-v' if peer == 'btop' else '-V']) if shutil.which(peer) else 'not installed'}")
    sys.stdout.flush()


# The whole


def measure(bench, size):
    figures = Figures(size)
    rounds = bench.options.rounds or (3 if size >= 5000 else 4)
    with herd(bench, size, "--active", str(bench.options.active)):
        processes = process_count()
        for _ in range(rounds):
            measure_round(bench, figures)
        measure_start(bench, figures)
        measure_free(bench, figures)
        measure_calls(bench, figures)
    print_table(bench, figures, processes, rounds)
    return figures


def numbers(text):
    values = [int(part) for part in text.split(",")]
    if min(values) < 1:
        raise ValueError
    return values


def measure_all(bench):
    print_heading(bench)
    all_figures = []
    for size in bench.options.sizes:
        try:
            all_figures.append(measure(bench, size))
        except Skipped as reason:
            print(f"\nN = {size}: skipped, {reason}", flush=True)
    print_ratios(all_figures)
    return False


# What the parts have in common


def create_parser(description, epilog):
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=description, epilog=epilog,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    return parser


def add_sizes(parser, sizes):
    parser.add_argument("-n", metavar="N,...", dest="sizes", type=numbers, default=sizes,
                        help=f"numbers of processes ({','.join(map(str, sizes))})")


def add_peers(parser, names):
    def peers(text):
        values = text.split(",")
        if not set(values) <= set(names):
            raise ValueError
        return values

    parser.add_argument("--peers", metavar="NAME,...", type=peers, default=list(names),
                        help=f"of {', '.join(names[:-1])} and {names[-1]}; all by itself")


def run(parser, measure):
    """Returns 1 if `measure` says that something is missed."""
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="memtop-bench-") as home:
        return 1 if measure(Bench(options, Path(home))) else 0


def main():
    parser = create_parser(DESCRIPTION, EPILOG)
    add_sizes(parser, [100, 1000, 10000])
    parser.add_argument("--rounds", metavar="R", type=int, help="rounds (4; 3 from 5000 processes on)")
    add_peers(parser, PEERS)
    parser.add_argument("--active", metavar="PERCENT", type=int, default=0,
                        help="share of the processes that are active once a second (0)")
    return run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
