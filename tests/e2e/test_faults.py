# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop faults beside what getrusage() and /proc say of programs that fault known numbers of pages."""

import contextlib
import csv
import ctypes
import io
import json
import os
import platform
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from conftest import BUILD, MEMTOP, memtop, option, run

FAULTER = BUILD / "tests" / "e2e" / "faulter"
NEVER = 1 << 22  # no pid is so large
PERIOD = 61
STARTING = 250  # faults of a program that starts, at most
SETTINGS = Path("/proc/sys/kernel")
FIELDS = "pid,comm,segment,minor,minor_error,major,major_error,samples,waits,mapping,code,symbol,function"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

pytestmark = pytest.mark.skipif(b" memtop faults " not in memtop("--help").stdout, reason="there is no sampler yet")

# Where the pages of each step lie: the segment, and what the mapping is called at least.
PLACES = {
    "text": ("text", "faulter"),
    "rodata": ("rodata", "faulter"),
    "data": ("data", "faulter"),
    "bss": ("data", ""),
    "heap": ("heap", ""),
    "anon": ("anon", ""),
    "huge": ("anon", ""),
    "file": ("file", "faulter.file"),
    "view": ("file", "faulter.view"),
    "shared": ("shared", ""),
    "memfd": ("shared", "memfd:faulter"),
    "tmpfs": ("shared", "memtop-faulter"),
    "sysv": ("shared", "SYSV"),
    "stack": ("stack", ""),
    "mremap": ("anon", ""),
    "reuse": ("anon", ""),
    "reused": ("shared", "memfd:faulter"),
    "thread": ("anon", ""),
    "child": ("anon", ""),
}


def faults(*arguments, **options):
    return memtop("faults", *arguments, **options)


def blocks_of(output):
    """The system object and the rows of each block."""
    blocks = []
    for line in output.split(b"\n")[:-1]:
        row = json.loads(line)
        if row["kind"] == "system":
            blocks.append((row, []))
        elif row["kind"] == "fault":
            blocks[-1][1].append(row)
    return blocks


def steps_of(output):
    return [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]


def count(rows, **wanted):
    """Minor faults of the rows that have these values."""
    return sum(row["minor"] or 0 for row in rows
               if all(row.get(key) == value for key, value in wanted.items()))


def samples_of(rows):
    return [row for row in rows if row["segment"] not in ("total", "unsampled")]


def total_of(rows):
    return count(rows, segment="total")


def assert_close(estimate, exact, period=PERIOD, lost=0):
    """Within 5 % or five standard errors, whichever is wider: three errors are exceeded by chance now and then.

    What a busy machine loses is said, and may be any part.
    """
    most = max(0.05 * exact, 5 * (period * exact) ** 0.5)
    assert (0 if lost else exact - most) <= estimate <= exact + most, (estimate, exact, lost)


class Run:
    """One run of memtop faults over steps of the faulter."""

    def __init__(self, folder, options, steps, before=()):
        report = folder / "report"
        self.process = run(*before, MEMTOP, "faults", "--format", "json", "-F", FIELDS, "--output", report,
                           *options, "--", FAULTER, *steps, cwd=folder)
        assert self.process.returncode == 0, self.process.stderr
        (self.system, self.rows), = blocks_of(report.read_bytes())
        self.steps = steps_of(self.process.stdout)


def run_without_loss(factory, options, steps):
    """A run in which the sampler had a CPU in time: what a busy machine loses is said, and may be any."""
    for _ in range(5):
        found = Run(factory.mktemp("run"), options, steps)
        if found.system["sampler_lost"] == 0:
            break
    return found


class Faulter:
    """A faulter that goes on with its next steps each time it is told to."""

    def __init__(self, folder, *steps, before=()):
        self.process = subprocess.Popen([*before, FAULTER, *steps, "wait"], cwd=folder,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pid = self.process.pid
        self.read_steps()

    def read_steps(self):
        lines = []
        while (line := self.process.stdout.readline()) not in (b"ready\n", b""):
            lines.append(line)
        return steps_of(b"".join(lines))

    def go_on(self):
        """Returns the steps up to where it waits again."""
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return self.read_steps()

    def minor_faults(self):
        text = Path(f"/proc/{self.pid}/stat").read_text()
        return int(text.rpartition(")")[2].split()[7])


class Watch:
    """memtop faults that reports to a file until it is stopped."""

    def __init__(self, path, *arguments, before=()):
        self.path = path
        with open(path, "wb") as file:
            self.process = subprocess.Popen(
                [*before, MEMTOP, "faults", "--format", "json", "-F", FIELDS, "-d", "0.3", "-n", "1000",
                 *map(str, arguments)], stdout=file, stderr=subprocess.PIPE)

    def blocks(self):
        """Those that are whole."""
        return blocks_of(self.path.read_bytes())[:-1]

    def wait_for_blocks(self, number):
        end = time.monotonic() + 60
        while len(self.blocks()) < number:
            assert time.monotonic() < end and self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.02)

    def rows_so_far(self):
        """All rows of the time up to now."""
        self.wait_for_blocks(len(self.blocks()) + 3)
        return [row for _, rows in self.blocks() for row in rows]

    def lost(self):
        """Samples that were lost so far: memtop had no CPU while the rings became full."""
        return sum(system["sampler_lost"] for system, _ in self.blocks())


@contextlib.contextmanager
def ended(thing):
    """Ends the process of a thing, whatever happens."""
    try:
        yield thing
    finally:
        thing.process.terminate()
        thing.process.wait(30)
        for pipe in (thing.process.stdin, thing.process.stdout, thing.process.stderr):
            if pipe:
                pipe.close()


def settings():
    return {name: (SETTINGS / name).read_text() for name in ("perf_event_paranoid", "perf_event_mlock_kb")
            if (SETTINGS / name).exists()}


@pytest.fixture(scope="session", autouse=True)
def nothing_stays_changed():
    before = settings()
    yield
    assert settings() == before


@pytest.fixture(scope="session")
def perf():
    """The faults of all processes can be sampled here."""
    process = faults("-d", "0.05", "--format", "json")
    assert process.returncode == 0, process.stderr
    system = blocks_of(process.stdout)[0][0]
    if system["sampler_rung"] != "all":
        pytest.skip(system["sampler_missing"])


with_setpriv = pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"),
                                  reason="only root can give up rights with setpriv")


# What is sampled, and for what


EXACT = ["text=32", "rodata=32", "data=300", "bss=300", "heap=1500", "anon=1500", "huge=16", "file=500",
         "view=100", "shared=1200", "memfd=700", "tmpfs=300", "sysv=400", "stack=1000", "mremap=500",
         "reuse=800", "code=100", "threads=4", "thread=300", "copy=600"]


@pytest.fixture(scope="module")
def exact(perf, tmp_path_factory):
    """Each fault is a sample; between the steps there is time to fetch them from the rings."""
    steps = [word for step in EXACT for word in (step, "pause=30")]
    return run_without_loss(tmp_path_factory, ["--period", "1", "--by", "segment,mapping,code,symbol"], steps)


def test_with_period_1_nothing_is_lost_or_estimated(exact):
    assert exact.system["sampler_period"] == 1 and exact.system["sampler_lost"] == 0
    for row in samples_of(exact.rows):
        assert not row["minor_error"] and not row["major_error"]
        assert row["samples"] == (row["minor"] or 0) + (row["major"] or 0)


@pytest.mark.parametrize("step", [step for step in PLACES if step != "child"])
def test_with_period_1_each_step_is_exact_and_in_its_place(exact, step):
    """mremap and reuse, too, which no event tells of (trap 8)."""
    symbol = "text_pages" if step == "text" else f"touch_{step}"
    segment, mapping = PLACES[step]
    met = next(found for found in exact.steps if found["step"] == step)
    rows = [row for row in samples_of(exact.rows) if row["symbol"] == symbol]
    # Its own page of code may have been missing as well.
    elsewhere = [row for row in rows if row["segment"] != segment]
    assert sum(row["minor"] or 0 for row in elsewhere) <= 1
    assert count(rows, segment=segment) == (met["count"] if step == "thread" else met["minor"]) > 0
    for row in rows:
        if row["segment"] == segment:
            assert mapping in (row["mapping"] or "")
            assert row["code"] == "faulter"


def test_with_period_1_the_code_of_a_library_is_text(exact):
    met = next(found for found in exact.steps if found["step"] == "code")
    rows = [row for row in exact.rows if (row["mapping"] or "").endswith("faulter.code")]
    assert count(rows, segment="text") == met["minor"] == count(rows)
    assert {row["code"] for row in rows} == {"faulter.code"}


def test_reading_into_fresh_memory_is_the_kernels(exact):
    met = next(found for found in exact.steps if found["step"] == "copy")
    copied = count(exact.rows, segment="anon", code="kernel")
    assert met["minor"] == 600 and 600 <= copied <= 600 + STARTING


def test_with_period_1_the_rows_add_up_to_the_total(exact):
    everything = next(found for found in exact.steps if found["step"] == "all")
    sampled = sum(row["minor"] or 0 for row in samples_of(exact.rows))
    assert 0 <= total_of(exact.rows) - sampled <= STARTING
    assert abs(total_of(exact.rows) - everything["minor"]) <= STARTING


ESTIMATED = {
    "data": ["bss=8000"],
    "heap": ["heap=9000"],
    "anon": ["anon=9000", "mremap=4000", "reuse=4000", "threads=4", "thread=2000", "copy=5000", "huge=32"],
    "file": ["file=6000"],
    "shared": ["shared=8000", "memfd=4000", "tmpfs=2000", "sysv=2000"],
    "stack": ["stack=1800"],
    "text": ["code=1000"],
}


@pytest.fixture(scope="module")
def estimated(perf, tmp_path_factory):
    steps = [step for words in ESTIMATED.values() for step in words]
    return run_without_loss(tmp_path_factory, ["--by", "segment"], steps)


@pytest.mark.parametrize("segment", ESTIMATED)
def test_trap_1_an_estimate_is_within_5_percent_or_3_errors(estimated, segment):
    exact = sum(step["minor"] for step in estimated.steps
                if PLACES.get(step["step"], ("",))[0] == segment or (step["step"], segment) in
                (("copy", "anon"), ("code", "text")))
    row = next(row for row in estimated.rows if row["segment"] == segment)
    assert exact >= 1000 and estimated.system["sampler_period"] == PERIOD
    assert abs(row["minor"] - exact) <= max(0.05 * exact, 5 * row["minor_error"])
    # Estimates that add up to more than the exact total are scaled down to it (F7).
    unscaled = row["samples"] * PERIOD
    is_scaled = sum(found["samples"] for found in samples_of(estimated.rows)) * PERIOD > total_of(estimated.rows)
    assert 0.99 * unscaled <= row["minor"] <= unscaled if is_scaled else row["minor"] == unscaled
    # One standard error of n samples: about the period by the root of n.
    error = (row["samples"] * PERIOD * (PERIOD - 1)) ** 0.5
    assert 0.99 * error - 1 <= row["minor_error"] <= error + 1


def test_the_default_period_loses_nothing(estimated):
    assert estimated.system["sampler_lost"] == 0
    assert estimated.system["sampler_samples"] == sum(row["samples"] for row in samples_of(estimated.rows))


def test_what_no_sample_can_see_is_shown_as_the_difference(perf, tmp_path):
    found = Run(tmp_path, ["--by", "segment"], ["populate=8000", "mlock=1000", "anon=5000"])
    assert_close(count(found.rows, segment="unsampled"), 9000)
    assert abs(total_of(found.rows) - found.steps[-1]["minor"]) <= STARTING
    assert_close(count(found.rows, segment="anon"), 5000)
    assert abs(sum(row["minor"] or 0 for row in found.rows) - 2 * total_of(found.rows)) <= 1


def test_without_such_faults_nothing_is_unsampled(estimated):
    assert "unsampled" not in [row["segment"] for row in estimated.rows]


def test_F7_no_part_is_above_its_total(perf, tmp_path):
    """Samples run up to the drain, the counts of /proc only up to their own reading."""
    steps = ["anon=20000"] * 300
    with ended(Faulter(tmp_path, "wait", *steps)) as one, ended(Faulter(tmp_path, "wait", *steps)) as other:
        for faulter in (one, other):
            faulter.process.stdin.write(b"\n")
            faulter.process.stdin.flush()
        process = faults("-d", "0.05", "-n", "40", "--format", "json", "-F", FIELDS + ",share", "--by", "process,segment")
    blocks = blocks_of(process.stdout)
    assert process.returncode == 0 and len(blocks) == 40
    seen = 0
    for _, rows in blocks:
        assert all((row["share"] or 0) <= 100 for row in rows)
        for total in (row for row in rows if row["segment"] == "total"):
            parts = [row for row in rows if row["pid"] == total["pid"] and row is not total]
            seen += len(parts)
            for key in ("minor", "major"):
                assert sum(row[key] or 0 for row in parts) <= total[key], (key, total, parts)
    assert seen >= 40


def test_major_faults_say_what_they_wait_for(perf, tmp_path):
    found = Run(tmp_path, ["--by", "segment,mapping"], ["cold=256"])
    met = found.steps[0]
    if met["major"] < 256:
        pytest.skip("the file system keeps its files in memory")
    row = next(row for row in found.rows if (row["mapping"] or "").endswith("faulter.cold"))
    assert row["segment"] == "file" and "faulter.cold" in row["waits"]
    assert row["major"] == 256 and row["major_error"] == 0
    assert next(row["major"] for row in found.rows if row["segment"] == "total") >= 256


# Processes that were there before


def test_trap_10_a_process_that_was_there_before_with_threads(perf, tmp_path):
    with ended(Faulter(tmp_path, "threads=4", "wait", "thread=2000", "heap=4000", "anon=4000")) as faulter, \
            ended(Watch(tmp_path / "blocks", "-p", faulter.pid)) as watch:
        watch.wait_for_blocks(1)
        before = faulter.minor_faults()
        met = sum(step["minor"] for step in faulter.go_on())
        rows, exact, lost = watch.rows_so_far(), faulter.minor_faults() - before, watch.lost()
        assert exact >= met >= 16000 and total_of(rows) == exact
        assert_close(count(rows, segment="heap"), 4000, lost=lost)
        assert_close(count(rows, segment="anon"), 12000, lost=lost)
        assert_close(count(rows, segment="heap", symbol="touch_heap"), 4000, lost=lost)
        assert_close(count(rows, segment="anon", symbol="touch_thread"), 8000, lost=lost)
        assert {row["pid"] for row in rows} <= {faulter.pid, None}


def test_children_that_were_there_before_have_rows_of_their_own(perf, tmp_path):
    with ended(Faulter(tmp_path, "children=3", "wait", "child=5000")) as faulter, \
            ended(Watch(tmp_path / "blocks", "--by", "process,segment")) as watch:
        watch.wait_for_blocks(1)
        children = {step["pid"] for step in faulter.go_on()}
        rows = watch.rows_so_far()
        assert len(children) == 3
        for pid in children:
            assert_close(count(rows, pid=pid, segment="anon"), 5000, lost=watch.lost())
            assert 5000 <= count(rows, pid=pid, segment="total") <= 5000 + STARTING
            assert {row["comm"] for row in rows if row["pid"] == pid} == {"faulter"}
        # It may write to a page that they have in common, as that of errno.
        assert count(rows, pid=faulter.pid, segment="anon") <= len(children)


def test_a_process_may_end_meanwhile(perf, tmp_path):
    with ended(Faulter(tmp_path, "wait", "anon=9000", "exit=0")) as faulter, \
            ended(Watch(tmp_path / "blocks", "-p", faulter.pid)) as watch, ended(Watch(tmp_path / "all")) as others:
        watch.wait_for_blocks(1)
        others.wait_for_blocks(1)
        faulter.go_on()
        assert faulter.process.wait(30) == 0
        # /proc no longer has its total; what was sampled is there all the same. Where all processes
        # are looked at, it may have ended before anybody asked what it had mapped.
        sampled = samples_of(others.rows_so_far())
        assert_close(sum(count(sampled, pid=faulter.pid, segment=segment) for segment in ("anon", "unknown")), 9000,
                     lost=others.lost())
        assert_close(count(watch.rows_so_far(), segment="anon", code="faulter"), 9000, lost=watch.lost())


# Commands


@pytest.mark.parametrize("step", ["forks=2000", "execs=500"])
def test_short_lived_processes_by_the_thousand(perf, tmp_path, step):
    found = Run(tmp_path, ["--by", "segment"], ["each=100", step])
    met = found.steps[0]
    assert met["minor"] > met["count"] >= 50000
    assert abs(total_of(found.rows) - met["minor"] - found.steps[-1]["minor"]) <= STARTING
    sampled, lost = sum(row["minor"] or 0 for row in samples_of(found.rows)), found.system["sampler_lost"]
    if lost:  # memtop had no CPU while the rings became full: then it says how much is missing
        assert sampled + lost * PERIOD >= 0.95 * total_of(found.rows) >= 0.95 * sampled
        return
    assert_close(sampled, total_of(found.rows))
    assert count(found.rows, segment="anon") >= 0.95 * met["count"]
    assert count(found.rows, segment="unknown") <= 0.01 * total_of(found.rows)


def test_the_functions_of_a_command_have_names(perf, tmp_path):
    rows = Run(tmp_path, [], ["anon=6000", "heap=6000", "mangled=6000"]).rows
    mangled = "_ZN4shop4Cart4fillIcEEvPT_"
    name = "shop::Cart::fill<char>" if "#define HAVE_LIBIBERTY" in (BUILD / "config.h").read_text() else mangled
    assert_close(count(rows, symbol=mangled, function=name, segment="anon"), 6000)
    assert_close(count(rows, symbol="touch_anon", segment="anon"), 6000)
    assert_close(count(rows, symbol="touch_heap", segment="heap"), 6000)


def with_a_table_of_symbols(program, copy, count, name_bytes):
    """A copy whose only sections are a table of so many symbols and their names: holes, which cost no disk."""
    shutil.copy(program, copy)
    with open(copy, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        table = -(-size // 4096) * 4096
        names = table + 24 * count
        sections = names + name_bytes
        file.seek(sections)
        file.write(bytes(64))
        file.write(struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, table, 24 * count, 2, 1, 8, 1 << 40))
        file.write(struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, names, name_bytes, 0, 0, 1, 0))
        file.seek(0x28)
        file.write(struct.pack("<Q", sections))
        file.seek(0x3A)
        file.write(struct.pack("<HHH", 64, 3, 0))


@pytest.mark.parametrize("count, name_bytes", [(2_000_000, 4096), (1000, 8 << 30)])
def test_S1_a_huge_table_of_symbols_costs_nothing(perf, tmp_path, count, name_bytes):
    program = tmp_path / "evil"
    with_a_table_of_symbols(FAULTER, program, count, name_bytes)
    hint = b"functions of evil are unknown: there are too many of them, or their names too long"
    has_hint = False
    for _ in range(5):  # on a busy machine the program may end before the table has been looked at
        with open(tmp_path / "output", "wb") as output:
            process = subprocess.Popen([MEMTOP, "faults", "--by", "segment,symbol", "--", program, "anon=3000"],
                                       stdout=subprocess.DEVNULL, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        if option("b_sanitize") == "none":
            assert usage.ru_maxrss < 48 * 1024
        has_hint = has_hint or hint in (tmp_path / "output").read_bytes()
    assert has_hint


MANY_NAMES = """
import mmap, os
for level in range(14):
    os.mkdir("d" * 250)
    os.chdir("d" * 250)
kept = []
for i in range(2000):
    with open(f"{i:0250}", "w+b") as file:
        os.truncate(file.fileno(), 4096)
        kept.append(mmap.mmap(file.fileno(), 4096))
        kept[-1][0] = 1
"""


def test_S1_names_of_mappings_take_a_bounded_amount_of_memory(perf, tmp_path):
    report = tmp_path / "report"
    process = subprocess.Popen([MEMTOP, "faults", "--period", "1", "--by", "process,segment,mapping", "-F", FIELDS,
                                "--format", "json", "--output", report, "--", sys.executable, "-c", MANY_NAMES],
                               cwd=tmp_path)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    (_, rows), = blocks_of(report.read_bytes())
    long = [row for row in rows if len(row["mapping"] or "") > 3000]
    assert 500 < len(long) < 1500
    rest, = [row for row in rows if row["comm"] == "(others)" and row["segment"] == "file"]
    assert sum((row["minor"] or 0) + (row["major"] or 0) for row in [*long, rest]) >= 2000
    if option("b_sanitize") == "none":
        assert usage.ru_maxrss < 64 * 1024


@pytest.mark.parametrize("words, status", [
    ([FAULTER, "exit=7"], 7),
    (["sh", "-c", "kill -9 $$"], 137),
    (["true"], 0),
    (["no-such-program"], 127),
    (["/etc/passwd"], 126),
])
def test_the_status_is_that_of_the_command(words, status):
    process = faults("--", *words)
    assert process.returncode == status
    if status in (126, 127):
        assert process.stderr.decode().startswith(f"memtop faults: cannot run {words[0]}: ")


def test_the_status_is_that_of_the_command_though_it_outlives_the_reports():
    assert faults("-d", "0.1", "-n", "1", "--", "sh", "-c", "sleep 0.5; exit 7").returncode == 7


def test_a_caller_that_ignores_its_children_gets_the_report():
    ignoring = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    report = run("/usr/bin/python3", "-c", ignoring, MEMTOP, "faults", "--", "true")
    assert report.returncode == 0
    assert b"Page faults of true" in report.stderr


def test_a_command_has_the_signals_of_the_caller():
    ignored = faults("--", "grep", "SigIgn", "/proc/self/status").stdout
    caller = run("grep", "SigIgn", "/proc/self/status").stdout
    assert ignored == caller


def test_a_command_does_not_outlive_a_memtop_that_was_killed_before_it_began():
    program = subprocess.Popen([MEMTOP, "faults", "--", "sleep", "1000"], stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children")
    end = time.monotonic() + 30
    while not (child := children.read_text().strip()) and time.monotonic() < end:
        pass
    program.kill()
    program.wait()
    path = Path(f"/proc/{child}/comm")
    if "sleep" in (path.read_text() if path.exists() else ""):  # it had begun already
        os.kill(int(child), signal.SIGKILL)
        return
    while path.exists() and "memtop" in path.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert not path.exists() or "memtop" not in path.read_text()


def test_the_report_of_a_command_is_not_in_its_output():
    process = faults("--", "echo", "its output")
    assert process.stdout == b"its output\n" and b"total" in process.stderr


def test_a_command_gets_its_input_and_its_arguments():
    process = faults("--output", "/dev/null", "--", "sh", "-c", 'cat; echo "$0-$1"', "a b", "--c", input=b"in\n")
    assert process.stdout == b"in\na b---c\n" and process.returncode == 0


# Output


def test_csv_has_the_same_rows(tmp_path):
    process = faults("--format", "csv", "--output", tmp_path / "csv", "-F", "pid,segment,minor,minor_error,mapping",
                     "--", FAULTER, "anon=5000", cwd=tmp_path)
    heading, *lines = csv.reader(io.StringIO((tmp_path / "csv").read_text(), newline=""))
    assert process.returncode == 0 and heading[-5:] == ["pid", "segment", "minor", "minor_error", "mapping"]
    rows = [dict(zip(heading, line)) for line in lines]
    total = next(row for row in rows if row["segment"] == "total")
    assert abs(int(total["minor"]) - steps_of(process.stdout)[-1]["minor"]) <= STARTING


def test_text_has_titles_totals_and_errors(perf, tmp_path):
    process = faults("--output", tmp_path / "text", "--", FAULTER, "anon=9000", cwd=tmp_path)
    lines = (tmp_path / "text").read_text().splitlines()
    titles = next(number for number, line in enumerate(lines) if line.split()[:1] == ["SEGMENT"])
    segments = [line.split()[0] for line in lines[titles + 1:]]
    assert process.returncode == 0 and "MINF" in lines[titles] and {"total", "anon"} <= set(segments)


def test_T29_a_hostile_name_is_escaped(perf, tmp_path):
    with ended(Faulter(tmp_path, "name=a\x1b[31m\nb", "wait", "anon=6000")) as faulter, \
            open(tmp_path / "text", "wb") as file:
        process = subprocess.Popen([MEMTOP, "faults", "-n", "1000", "-d", "0.2"], stdout=file)
        try:
            text = tmp_path / "text"
            end = time.monotonic() + 30
            while not text.stat().st_size and time.monotonic() < end:
                time.sleep(0.02)
            faulter.go_on()
            while rb"a\x1b[31m\nb" not in text.read_bytes() and time.monotonic() < end:
                time.sleep(0.02)
        finally:
            process.terminate()
            process.wait(30)
        output = text.read_bytes()
        assert rb"a\x1b[31m\nb" in output and b"\x1b" not in output


@pytest.mark.parametrize("to_file", [False, True], ids=["errors", "file"])
def test_a_width_cuts_lines_wherever_they_go(tmp_path, to_file):
    words = ["--output", tmp_path / "text"] if to_file else []
    process = faults("-w", "9", *words, "--", FAULTER, "anon=9000", cwd=tmp_path)
    report = (tmp_path / "text").read_bytes() if to_file else process.stderr
    rows = report.split(b"\n\n", 1)[1].splitlines()
    assert rows and all(len(row) <= 9 for row in rows)


@pytest.mark.parametrize("trap", ["", 'trap "" PIPE; '])
def test_a_closed_pipe_ends_it_quietly(trap):
    process = run("sh", "-c", trap + '"$1" faults -n 1000 -d 0.1 | head -1', "sh", MEMTOP)
    assert process.stdout.count(b"\n") == 1 and process.stderr == b""


def test_a_full_disk_is_an_error():
    process = faults("-d", "0.05", "--output", "/dev/full")
    assert process.returncode == 1 and process.stderr.count(b"\n") == 1
    assert b"No space left on device" in process.stderr


@pytest.mark.parametrize("arguments, status, line", [
    (["--period", "0"], 2, "--period '0': not a number from 1 to 1000000"),
    (["--period", "x"], 2, "--period 'x': not a number from 1 to 1000000"),
    (["--by", "segment,stack"], 2,
     "--by 'segment,stack': not one of process, segment, mapping, code, symbol, at character 9"),
    (["--by", "segment,mappng"], 2,
     "--by 'segment,mappng': not one of process, segment, mapping, code, symbol, at character 9; did you mean mapping?"),
    (["-F", "pid,rss"], 2, None),
    (["-d", "-1"], 2, None),
    (["--format", "xml"], 2, None),
    (["-p", "1,2"], 2, "only one process can be looked at"),
    (["1", "-p", "2"], 2, "only one process can be looked at"),
    (["-p", "1", "--", "true"], 2, "a process and a command exclude each other"),
    (["1", "--", "true"], 2, "a process and a command exclude each other"),
    (["true"], 1, "there is no process called 'true'; a command to run must follow --"),
    (["-p", str(NEVER)], 1, f"there is no process {NEVER}"),
    (["--output", "/no/such/file"], 1, "cannot write /no/such/file: No such file or directory"),
])
def test_what_is_wrong_is_one_line(arguments, status, line):
    process = faults(*arguments)
    lines = process.stderr.decode().splitlines()
    assert process.returncode == status and process.stdout == b""
    assert len(lines) == 1 and lines[0].startswith("memtop faults: ")
    if line:
        assert lines[0] == f"memtop faults: {line}" + (
            "" if status != 2 else " try 'memtop faults --help'" if line.endswith("?") else "; try 'memtop faults --help'")


def test_U6_a_word_is_a_process_and_never_a_command(tmp_path, actor):
    """Not even where a program is called so."""
    program = tmp_path / "memtop-touch"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/touched\n")
    program.chmod(0o755)
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert faults("memtop-touch", env=path).returncode == 1
    pid = actor("name", b"memtop-touch")
    for word in ("memtop-touch", str(pid)):
        process = faults("-d", "0.05", word, env=path)
        assert process.returncode == 0 and process.stdout.startswith(b"Page faults of process %d in" % pid)
    assert not (tmp_path / "touched").exists()
    assert faults("--", "memtop-touch", env=path).returncode == 0 and (tmp_path / "touched").exists()


def test_letters_of_earlier_versions_are_understood():
    assert faults("-t", "-b", "process", "-d", "0.01").returncode == 0


# What is permitted


def paranoid():
    return int((SETTINGS / "perf_event_paranoid").read_text())


@pytest.fixture
def open_folder():
    """Where any user may write."""
    with tempfile.TemporaryDirectory(prefix="memtop-test-") as folder:
        os.chmod(folder, 0o777)
        yield Path(folder)


@with_setpriv
def test_trap_9_an_ordinary_user_sees_user_mode_of_own_processes(tmp_path, open_folder):
    if paranoid() != 2:
        pytest.skip("kernel.perf_event_paranoid is not 2")
    with ended(Faulter(open_folder, "threads=2", "wait", "thread=3000", "copy=6000", before=NOBODY)) as faulter, \
            ended(Watch(tmp_path / "blocks", "-p", faulter.pid, before=NOBODY)) as watch:
        watch.wait_for_blocks(1)
        faulter.go_on()
        rows, system = watch.rows_so_far(), watch.blocks()[0][0]
        assert system["sampler_rung"] == "user" and "user-mode" in system["sampler_missing"]
        assert "perf_event_paranoid" in system["sampler_missing"] or "CAP_PERFMON" in system["sampler_missing"]
        assert_close(count(rows, segment="anon"), 6000)
        assert count(rows, code="kernel") == 0
        assert 12000 <= total_of(rows) <= 12000 + STARTING
        assert_close(count(rows, segment="unsampled"), 6000)
    assert paranoid() == 2


@with_setpriv
@pytest.mark.parametrize("arguments", [[], ["-p", "1"]])
def test_without_permission_there_are_totals_and_a_sentence(tmp_path, arguments):
    if paranoid() < 1:
        pytest.skip("kernel.perf_event_paranoid permits it")
    process = run(*NOBODY, MEMTOP, "faults", "-d", "0.3", "--format", "json", "--by", "process", *arguments)
    (system, rows), = blocks_of(process.stdout)
    assert process.returncode == 0 and system["sampler_rung"] == "none"
    # Kernels with a level above 2 may not heed the capability.
    needed = "CAP_PERFMON" if paranoid() < 3 else "kernel.perf_event_paranoid"
    assert needed in system["sampler_missing"] and "\n" not in system["sampler_missing"]
    assert {row["segment"] for row in rows} <= {"total"} and (rows or not arguments)
    text = run(*NOBODY, MEMTOP, "faults", "-d", "0.1", *arguments).stdout.decode()
    assert system["sampler_missing"] in text


@with_setpriv
def test_an_ordinary_user_may_look_at_a_command(open_folder):
    if paranoid() != 2:
        pytest.skip("kernel.perf_event_paranoid is not 2")
    found = Run(open_folder, ["--by", "segment"], ["anon=6000", "copy=3000"], before=NOBODY)
    assert found.system["sampler_rung"] == "user"
    assert_close(count(found.rows, segment="anon"), 6000)
    assert abs(total_of(found.rows) - found.steps[-1]["minor"]) <= STARTING


def forbid_perf(error):
    """For a child: from now on perf_event_open() fails with this error, as in a container."""
    number = {"x86_64": (298, 0xC000003E), "aarch64": (241, 0xC00000B7)}[platform.machine()]
    code = [(0x20, 0, 0, 4), (0x15, 0, 3, number[1]), (0x20, 0, 0, 0), (0x15, 0, 1, number[0]),
            (0x06, 0, 0, 0x50000 | error), (0x06, 0, 0, 0x7FFF0000)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    bpf = Filter(len(code), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0  # no new privileges
    assert libc.prctl(22, 2, ctypes.byref(bpf)) == 0


@pytest.mark.parametrize("error", [1, 38])
@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="the filter is not written for it")
def test_where_seccomp_forbids_perf_the_totals_stay(error):
    process = faults("-p", os.getpid(), "-d", "0.3", "--format", "json", preexec_fn=lambda: forbid_perf(error))
    assert process.returncode == 0, process.stderr
    (system, rows), = blocks_of(process.stdout)
    assert system["sampler_rung"] == "none"
    assert re.search("seccomp|sandbox|container", system["sampler_missing"])
    assert {row["segment"] for row in rows} == {"total"}
    process = faults("--format", "json", "--", FAULTER, "anon=3000", preexec_fn=lambda: forbid_perf(error))
    (system, rows), = blocks_of(process.stderr)
    assert abs(total_of(rows) - steps_of(process.stdout)[-1]["minor"]) <= STARTING


def test_a_signal_ends_it():
    process = subprocess.Popen([MEMTOP, "faults", "-d", "0.05", "-n", "1000"], stdout=subprocess.PIPE)
    assert process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode in (-signal.SIGTERM, 128 + signal.SIGTERM)
