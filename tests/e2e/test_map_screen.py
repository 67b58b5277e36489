# SPDX-License-Identifier: GPL-3.0-or-later
"""The views of a process's map and of the machine's budget."""

import re
import subprocess
import sys

import pytest
from conftest import MEMTOP
from screen_in_tmux import terminal  # noqa: F401: a fixture
from screen_on_pty import wait_until

GROWING = """
import ctypes, mmap, time
ctypes.CDLL(None).prctl(15, b"grow \\x1b[31m")
kept = []
while len(kept) < 200:
    kept.append(mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    for page in range(0, 1 << 20, 4096):
        kept[-1][page] = 1
    time.sleep(0.1)
time.sleep(1000)
"""


@pytest.fixture
def growing():
    process = subprocess.Popen([sys.executable, "-c", GROWING])
    yield process
    process.kill()
    process.wait()


def open_screen(terminal, size, *arguments):
    terminal.run(size, {}, MEMTOP, "--no-config", "-d", "0.3", *arguments)
    terminal.wait_for_text("COMMAND")


@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_the_map_of_the_selected_process_shows_what_grows(terminal, growing, size):
    open_screen(terminal, size, "-p", str(growing.pid))
    terminal.type("4")
    terminal.wait_for_text(f"Map of {growing.pid} ", "size ", "PSS ", "SEGMENT", "RSS by kind: ", "[heap]")
    terminal.type("<")  # by size
    terminal.type("b")
    terminal.wait_for_text("PERM", "r-xp")
    terminal.type("b")
    if size == "200x60":  # it is far below the first rows
        wait_until(lambda: re.search(r"(?m)^anon +(\S+ +){5}[\d.]+[KM] ", terminal.capture()))  # +RSS
    terminal.type("q")  # Esc would end the announcement of a kill first
    terminal.wait_for_text("COMMAND")
    terminal.type("F10")
    terminal.wait_for_end()


def test_the_detail_leads_to_the_map_of_its_process(terminal, growing):
    open_screen(terminal, "80x24", "-p", str(growing.pid))
    terminal.type("Enter")
    terminal.wait_for_text("Identity")
    terminal.type("4")
    terminal.wait_for_text(f"Map of {growing.pid} ", "[heap]")
    terminal.type("a")
    terminal.wait_for_text(f"OOM priority of {growing.pid}")
    terminal.type("Escape", "F10")
    terminal.wait_for_end()


def test_the_map_of_a_process_that_ends_says_so(terminal, growing):
    open_screen(terminal, "80x24", "-p", str(growing.pid))
    terminal.type("4")
    terminal.wait_for_text("[heap]")
    growing.kill()
    terminal.wait_for_text("it has ended and holds nothing")
    growing.wait()
    terminal.wait_for_text(f"process {growing.pid} has ended")
    terminal.type("F10")
    terminal.wait_for_end()


def test_a_kernel_thread_has_no_map(terminal):
    if subprocess.run(["test", "-d", "/proc/2"]).returncode != 0:
        pytest.skip("there are no kernel threads to be seen here")
    with open("/proc/2/stat") as file:
        if "(kthreadd)" not in file.read():
            pytest.skip("there are no kernel threads to be seen here")
    open_screen(terminal, "80x24", "-p", "2")
    terminal.type("K")
    terminal.wait_for_text("kthreadd")
    terminal.type("4")
    terminal.wait_for_text("a kernel thread has no mappings")
    terminal.type("F10")
    terminal.wait_for_end()


@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_the_budget_adds_up_and_shows_what_changes(terminal, growing, size):
    open_screen(terminal, size)
    terminal.type("6")
    terminal.wait_for_text("Budget: the items add up to MemTotal", "NAME", "free", "anonymous", "page cache")
    wait_until(lambda: re.search(r"(?m)^anonymous +\S+ +\S+ +[\d.]+[KM] ", terminal.capture()))  # +SIZE
    terminal.type("End")
    terminal.wait_for_text("unaccounted")
    terminal.type("Home", ">", ">", ">")
    terminal.wait_for_text("free")
    terminal.type("1")
    terminal.wait_for_text("COMMAND")
    terminal.type("F10")
    terminal.wait_for_end()


@pytest.mark.parametrize("size", ["1x1", "40x10", "20x5"])
def test_both_views_live_in_any_size(terminal, growing, size):
    terminal.run(size, {}, MEMTOP, "--no-config", "-d", "0.1", "-p", str(growing.pid))
    for key in ["4", "b", "End", "6", "Down", "4", "1", "6"]:
        terminal.type(key)
        wait_until(lambda: terminal.capture() is not None)
    terminal.type("F10")
    terminal.wait_for_end()


def test_a_figure_of_the_map_is_explained(terminal, growing):
    open_screen(terminal, "80x24", "-p", str(growing.pid))
    terminal.type("4")
    terminal.wait_for_text("[heap]")
    terminal.type("x")  # RSS is what is sorted by
    terminal.wait_for_text("= SCLEAN ", "from /proc/PID/smaps: Rss", "note: Shared pages count in full")
    terminal.type("q")
    terminal.wait_for_text(f"Map of {growing.pid} ", "[heap]")
    terminal.type("F10")
    terminal.wait_for_end()


def test_an_item_of_the_budget_is_explained_with_units(terminal):
    open_screen(terminal, "80x24")
    terminal.type("6")
    terminal.wait_for_text("MemTotal", "page cache")
    terminal.type("End", "x")
    terminal.wait_for_text("without a counter", "= FIGURE ", "from meminfo: MemTotal")
    terminal.type("e", "e")  # human, bytes, KiB
    wait_until(lambda: re.search(r"= FIGURE \d+K - ELSEWHERE \d+K", terminal.capture()))
    terminal.type("x", "q")
    terminal.wait_for_end()


def test_all_of_the_process_that_is_explained_is_read(terminal, growing):
    """FILE and SHMEM are no columns of the view: of a process that sleeps nobody would ask for them."""
    open_screen(terminal, "80x24", "-p", str(growing.pid))
    terminal.type("x")
    wait_until(lambda: re.search(r"= ANON [\d.]+[KM] \+ FILE [\d.]+[KM] \+ SHMEM 0", terminal.capture()))
    terminal.type("x", "q")
    terminal.wait_for_end()


def test_the_figures_of_the_header_are_explained(terminal):
    open_screen(terminal, "200x60")
    terminal.type("x")

    def is_last():
        terminal.type("End")  # more become known in the first refreshes
        return "from /proc/self/statm: field 2" in terminal.capture()

    wait_until(is_last)
    terminal.wait_for_text("self res")
    terminal.type("Up")
    terminal.wait_for_text("self time", "from getrusage()")
    terminal.type("Home")
    terminal.wait_for_text("The process ID.", "from the folder /proc/PID")
    terminal.type("F10")
    terminal.wait_for_end()
