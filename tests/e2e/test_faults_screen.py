# SPDX-License-Identifier: GPL-3.0-or-later
"""The view of faults, over a process of the test's own that faults all the time."""

import subprocess
import sys

import pytest
from conftest import MEMTOP, memtop
from screen_in_tmux import terminal  # noqa: F401: a fixture

FAULTING = """
import ctypes, mmap, time
prctl = ctypes.CDLL(None).prctl
prctl(15, b"fault \\x1b[31m")
while True:
    with mmap.mmap(-1, 2000 * 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        for page in range(0, len(memory), 4096):
            memory[page] = 1
    time.sleep(0.02)
"""


@pytest.fixture
def faulting():
    process = subprocess.Popen([sys.executable, "-c", FAULTING])
    yield process.pid
    process.kill()
    process.wait()


def is_sampled():
    report = memtop("faults", "-d", "0.1", "-F", "segment").stdout.decode()
    return "sampled" in report.splitlines()[0]


def look_into(terminal, pid):
    """Others fault too, and the list moves: only rows of the process pass the filter."""
    terminal.type("\\", f"=pid={pid}", "Enter")
    terminal.wait_for_text(f"filter pid={pid}")
    terminal.type("Home", "Enter")
    terminal.wait_for_text(f"Faults of process {pid} ")


@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_a_process_that_faults_is_seen_and_looked_into(terminal, faulting, size):
    if not is_sampled():
        pytest.skip("perf events of all processes are not permitted")
    terminal.run(size, {}, MEMTOP, "--no-config", "-d", "0.5")
    terminal.wait_for_text("COMMAND")
    terminal.type("5")
    terminal.wait_for_text("Faults of all processes by segment", "one in", f"{faulting} fault \\x1b[31m")
    terminal.wait_for_text("total", "anon")
    look_into(terminal, faulting)
    terminal.wait_for_text(f"Faults of process {faulting} fault \\x1b[31m", "FUNCTION", "anon")
    terminal.type("b")
    terminal.wait_for_text("by code")
    terminal.type("q")
    terminal.wait_for_text("Faults of all processes")
    terminal.type("1")
    terminal.wait_for_text("COMMAND")
    terminal.type("q")
    terminal.wait_for_end()


def test_without_permission_the_totals_are_shown_and_the_reason(terminal, faulting):
    dropped = ["setpriv", "--bounding-set=-perfmon,-sys_admin,-sys_ptrace"]
    with open("/proc/sys/kernel/perf_event_paranoid") as file:
        if int(file.read()) < 1:
            pytest.skip("kernel.perf_event_paranoid permits it to all")
    if subprocess.run([*dropped, "true"], capture_output=True).returncode != 0:
        pytest.skip("capabilities cannot be dropped here")
    terminal.run("200x60", {}, *dropped, MEMTOP, "--no-config", "-d", "0.5")
    terminal.wait_for_text("COMMAND")
    terminal.type("5")
    terminal.wait_for_text("perf_event_paranoid", f"{faulting} fault", "total")
    terminal.type("q")
    terminal.wait_for_end()


def test_the_detail_of_a_process_leads_to_its_faults(terminal, faulting):
    terminal.run("80x24", {}, MEMTOP, "--no-config", "-d", "0.5", "-p", str(faulting))
    terminal.wait_for_text(f"{faulting}")
    terminal.type("Enter")
    terminal.wait_for_text("Identity")
    terminal.type("5")
    terminal.wait_for_text(f"Faults of process {faulting}", "total")
