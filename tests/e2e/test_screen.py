# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen in a private tmux, over the tree of test files: whole screens equal golden ones."""

import re
import shutil
import subprocess
import time
import unicodedata

import pytest
from conftest import FIXTURES, golden
from screen_in_tmux import terminal  # noqa: F401: a fixture
from screen_on_pty import wait_until

# What is typed into the screen at 80x24, and the golden screen after it: with its attributes where
# they matter, as for what is selected.
LOOKS = ("search", "tagged", "sort", "fields", "help-page")
SCREENS = [
    ("refreshed", ["C-r"]),
    ("sort-memory", ["N", "M"]),
    ("sort-cpu", ["C-r", "P"]),
    ("sort-pid", ["N"]),
    ("sort-time", ["T"]),
    ("sort-previous", ["<"]),
    ("sort-next", [">"]),
    ("sort-reversed", ["R"]),
    ("tree", ["V"]),
    ("kernel-threads", ["K"]),
    ("paths", ["c"]),
    ("unit-next", ["e"]),
    ("unit-previous", ["E", "E"]),
    ("unit-bytes", ["e", "Right", "Right", "Right", "Right"]),
    ("frozen", ["z"]),
    ("columns-scrolled", ["Right", "Right", "Right"]),
    ("tagged", ["Space", "Space", "Up"]),
    ("filter", ["\\", "=rss>100M", "Enter"]),
    ("filter-half", ["\\", "=rss>"]),
    ("filter-bad", ["\\", "=rss>>5", "Enter"]),
    ("filter-ended", ["\\", "=rss>100M", "Enter", "Escape"]),
    ("filter-none", ["\\", "=comm=nobody", "Enter"]),
    ("search", ["/", "=sbin", "Enter"]),
    ("search-next", ["/", "=ar", "Enter", "n"]),
    ("search-previous", ["/", "=ar", "Enter", "p"]),
    ("search-missing", ["/", "=nothing of this kind", "Enter"]),
    ("user", ["u", "=root", "Enter"]),
    ("users", ["u"]),
    ("users-left", ["u", "=ro", "Escape"]),
    ("user-unknown", ["u", "=nosuch", "Enter"]),
    ("order", ["F6"]),
    ("order-narrowed", [".", "=mem"]),
    ("order-chosen", [".", "=majflt", "Enter", "C-r"]),
    ("no-such-key", ["J"]),
    ("no-key-of-this-view", ["6", "k"]),
    ("editor-higher", ["F8"]),
    ("editor-lower", ["F7", "F7"]),
    ("tree-folded", ["V", "Home", "-", "+", "-"]),
    ("page-left", ["Enter", "x", "?", "q", "q", "q"]),
    ("detail-below-help-left", ["Enter", "NPage", "?", "q"]),
    ("left-with-escape", ["Escape"]),
    ("kernel-order", ["7", "F6"]),
    ("user-others", ["u", "=!root", "Enter"]),
    ("delay", ["d", "BSpace", "="]),
    ("delay-bad", ["d", "=x", "Enter"]),
    ("fields", ["f"]),
    ("fields-last", ["f", "End"]),
    ("fields-hidden", ["f", "Down", "Space", "Down", "Space", "Escape"]),
    ("fields-shown", ["f", "End", "Up", "Up", "Up", "Up", "Space"]),
    ("columns-shown", ["f", "End", "Up", "Up", "Up", "Up", "Space", "Enter", *["Right"] * 8]),
    ("fields-moved", ["f", "Right", "Escape"]),
    ("detail", ["Enter"]),
    ("detail-middle", ["Enter", "PageDown"]),
    ("detail-end", ["Enter", "End"]),
    ("detail-left", ["Enter", "Escape"]),
    ("groups", ["2"]),
    ("groups-by-user", ["2", "b"]),
    ("groups-by-cgroup", ["2", "b", "b", "b"]),
    ("groups-by-tree", ["2", "b", "b", "b", "b", "b", "b"]),
    ("groups-processes", ["2", "b", "Enter"]),
    ("groups-tree-processes", ["2", "b", "b", "b", "b", "b", "b", "Down", "Enter"]),
    ("kill-order", ["3"]),
    ("kill-order-reversed", ["3", "R"]),
    ("kill-order-filter", ["3", "\\", "=adj<0", "Enter"]),
    ("kill-order-detail", ["3", "Enter"]),
    ("kill-order-help-left", ["3", "Enter", "?", "Escape", "Escape"]),
    ("kill-order-left", ["3", "1", "C-r"]),
    ("editor-tagged", ["Space", "Space", "a", "l"]),
    ("editor-tree", ["N", "Home", "a", "t", "f"]),
    ("editor-kernel-thread", ["K", "End", "a"]),
    ("editor-from-detail", ["Enter", "a", "n"]),
    ("editor-typed-ahead", ["3", "a", "m"]),
    ("help", ["?"]),
    ("help-page-2", ["?", "NPage"]),
    ("help-left", ["?", "?"]),
    ("signal", ["k"]),
    ("signal-last", ["k", "End"]),
    ("signal-narrowed", ["k", "=st"]),
    ("signal-by-number", ["F9", "=9", "Enter"]),
    ("signal-bad", ["k", "=X", "Enter"]),
    ("signal-from-detail", ["Enter", "k", "Enter"]),
    ("signal-question", ["k", "Enter"]),
    ("signal-tagged", ["Space", "Space", "k", "Enter"]),
    ("signal-refused", ["k", "Enter", "n"]),
    ("explain", ["x"]),
    ("explain-next", ["x", "PageUp", "Down", "Down"]),
    ("explain-kill-order", ["3", "x"]),
    ("explain-and-back", ["x", "x"]),
    ("kernel", ["7"]),
    ("kernel-by-objects", ["7", *["<"] * 6]),
    ("kernel-zones", ["7", "b"]),
    ("kernel-buddy", ["7", "b", "b"]),
    ("kernel-reclaim", ["7", "b", "b", "b"]),
    ("kernel-swap", ["7", "b", "b", "b", "b"]),
    ("kernel-explain", ["7", "x"]),
]


# A thread reads PSS: that it failed is told by the refresh after it has.
AGAIN = {"groups-tree-processes": ["C-r"]}


@pytest.mark.parametrize("name, keys", SCREENS)
def test_keys_lead_to_the_golden_screen(terminal, name, keys):
    terminal.start("80x24", {})
    terminal.wait_for("start")
    terminal.with_looks = name.startswith(LOOKS)
    terminal.type(*keys)
    terminal.wait_for(name, AGAIN.get(name, []))


def test_the_help_ends_with_the_last_key(terminal):
    terminal.start("80x24", {})
    terminal.wait_for("start")
    terminal.type("?", "End")
    terminal.wait_for_text("\nEsc q      close without a change\nUp Down scroll")


# What is clicked at (column, line) leads to the same screen as a key.
CLICKS = [
    ("kill-order", "@25,5"),
    ("help", "@66,23"),
    ("explain", "@31,23"),
    ("signal", "@42,23"),
    ("sort-pid", "@5,6"),
    ("sort-reversed", "@20,6"),
]


@pytest.mark.parametrize("name, key", CLICKS)
def test_U13_a_click_does_as_a_key(terminal, name, key):
    terminal.start("80x24", {})
    terminal.wait_for("start")
    terminal.with_looks = name.startswith(LOOKS)
    terminal.type(key)
    terminal.wait_for(name)


def test_U13_rows_are_clicked_and_the_wheel_scrolls(terminal):
    terminal.start("80x24", {})
    terminal.wait_for("start")
    terminal.type("@5,9", "k", "Enter")
    terminal.wait_for_text("Send SIGTERM to 700 ")
    terminal.type("n", "@79,23", "@40,20", "k", "@10,14", "@10,14")  # beside all; select a signal, take it
    terminal.wait_for_text("Send SIGBUS to 700 ")
    terminal.type("n", "k", "^", "Enter")
    terminal.wait_for_text("Send SIGCONT to 700 ")
    terminal.type("n", "?", "^")
    wait_until(lambda: terminal.capture().splitlines()[6].startswith("/ F3 L "))


# The same once the editor of OOM priorities is open.
EDITOR = [
    ("more", ["m"]),
    ("number", ["=-50"]),
    ("number-taken", ["=-50", "Enter", "Right"]),
    ("number-bad", ["=10x", "Enter"]),
    ("question", ["=-1000", "Enter", "Enter"]),
    ("question-answered", ["=-1000", "Enter", "Enter", "n"]),
    ("drop-in", ["s"]),
    ("drop-in-left", ["l", "s", "Escape"]),
    ("nothing-changed", ["Enter"]),
    ("nothing-undone", ["u"]),
    ("left", ["m", "Escape", "C-r"]),
]


@pytest.mark.parametrize("name, keys", EDITOR)
def test_keys_in_the_editor_lead_to_the_golden_screen(terminal, name, keys):
    terminal.start("80x24", {})
    terminal.wait_for("start")
    terminal.type("a")
    terminal.wait_for("editor")
    terminal.type(*keys)
    terminal.wait_for(f"editor-{name}")


SMALL = [
    ("sort-cpu", ["C-r", "P"]),
    ("sort-time-tree", ["T", "V"]),
    ("columns-scrolled", ["Right", "Right", "Right"]),
    ("unit-next", ["e", "e"]),
    ("explain-end", ["x", *["Right"] * 20]),
    ("refreshed", ["C-r"]),
    ("filter-bad", ["\\", "=rss>>5", "Enter"]),
    ("fields", ["f"]),
    ("detail", ["Enter"]),
    ("filter", ["\\", "=rss>100M", "Enter"]),
    ("kill-order", ["3"]),
    ("editor", ["a", "l"]),
    ("help", ["?"]),
    ("signal", ["k"]),
    ("signal-narrowed", ["k", "=st"]),
    ("signal-question", ["k", "Enter"]),
    ("user", ["u", "=root"]),
    ("users", ["u"]),
    ("user-unknown", ["u", "=nosuch", "Enter"]),
    ("order", ["F6"]),
    ("no-such-key", ["J"]),
    ("editor-higher", ["F8"]),
    ("tree-folded", ["V", "Home", "-"]),
    ("page-left", ["Enter", "?", "q", "q"]),
    ("left-with-escape", ["Escape"]),
    ("explain", ["x"]),
    ("groups", ["2"]),
    ("kernel", ["7"]),
    ("kernel-buddy", ["7", "b", "b"]),
]


@pytest.mark.parametrize("name, keys", SMALL)
def test_small_terminals_show_the_golden_screen(terminal, name, keys):
    terminal.start("40x10", {})
    terminal.wait_for("40x10-start")
    terminal.type(*keys)
    terminal.wait_for(f"40x10-{name}")


LARGE = [
    ("tree", ["C-r", "K", "V"]),
    ("filter", ["\\", "=rss>100M", "Enter"]),
    ("fields", ["f"]),
    ("detail", ["Enter"]),
    ("kill-order", ["3"]),
    ("editor", ["a", "l"]),
    ("help", ["?"]),
    ("explain", ["x"]),
    ("kernel", ["7"]),
    ("kernel-buddy", ["7", "b", "b"]),
]


@pytest.mark.parametrize("name, keys", LARGE)
def test_large_terminals_show_the_golden_screen(terminal, name, keys):
    terminal.start("200x60", {})
    terminal.wait_for("200x60-start")
    terminal.type(*keys)
    terminal.wait_for(f"200x60-{name}")


@pytest.mark.parametrize("size", ["80x24", "40x10", "200x60"])
def test_ascii_terminals_get_ascii(terminal, size):
    terminal.start(size, {"LC_ALL": "C"})
    assert terminal.wait_for(f"ascii-{size}").isascii()


@pytest.mark.parametrize("name", ["screen-256color", "vt100", "linux", "xterm"])
def test_every_terminal_shows_the_same_text(terminal, name):
    terminal.start("80x24", {"TERM": name})
    if name == "vt100":  # without colours the parts of the bar have marks
        terminal.wait_for_text("anon 11.7G ▓shared", "java -Xmx4g")
    else:
        terminal.wait_for("start")
    terminal.type("V")
    terminal.wait_for("tree")


# Terminals that differ only in how many colours they have.
NUMBERS = {2: 4, 8: 64, 16: 256, 256: 32767}
DESCRIPTION = "memtop-{0}|a terminal of {0} colours,\n\tcolors#{0}, pairs#{1}, use=xterm-256color,\n"


@pytest.mark.parametrize("number", NUMBERS)
def test_any_number_of_colors_will_do(terminal, tmp_path, number):
    (tmp_path / "description").write_text(DESCRIPTION.format(number, NUMBERS[number]))
    subprocess.run(["tic", "-x", "-o", tmp_path, tmp_path / "description"], check=True, stderr=subprocess.DEVNULL)
    terminal.with_looks = True
    terminal.start("80x24", {"TERM": f"memtop-{number}", "TERMINFO": tmp_path})
    terminal.wait_for("colors" if number >= 8 else "no-colors")


# Any but 39 and 49, the terminal's own.
COLOR = r"\x1b\[([0-9]*;)*([349]|10)[0-8][;m]"


def test_colors_are_the_golden_ones(terminal):
    terminal.with_looks = True
    terminal.start("80x24", {})
    assert re.search(COLOR, terminal.wait_for("colors"))


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "vt100"}])
def test_without_colors_there_are_none(terminal, variables):
    terminal.with_looks = True
    terminal.start("80x24", variables)
    assert not re.search(COLOR, terminal.wait_for("no-colors"))


CHANGES = ["N", "R", "V", "c", "K", "e", "f", "Down", "Space", "Down", "Right", "Escape", "C-r"]


@pytest.mark.parametrize("size", ["80x24", "40x10", "200x60"])
def test_settings_that_are_written_are_read(terminal, tmp_path, size):
    terminal.start(size, {})
    terminal.wait_for("start" if size == "80x24" else f"{size}-start")
    terminal.type(*CHANGES)
    terminal.wait_for(f"settings-{size}", again=["C-r"])
    terminal.type("W", "q")
    terminal.wait_for_end()
    golden("settings", (tmp_path / "memtop" / "config").read_bytes())
    terminal.start(size, {})
    terminal.wait_for(f"settings-{size}", again=["C-r"])  # until there are rates


# A machine that is not well: what is different in its tree, and what the log of the kernel says.
STATES = {
    "low": {"meminfo": [(r"(MemAvailable: +)\d+", r"\g<1>900000"), (r"(MemFree: +)\d+", r"\g<1>700000")]},
    "stalled": {"pressure/memory": [(r"(some avg10=)\S+", r"\g<1>61.20"), (r"(full avg10=)\S+", r"\g<1>43.75")]},
    "killed": {"vmstat": [(r"(oom_kill )\d+", r"\g<1>3")]},
}
KILL = "3,900,{0:.0f},-;Out of memory: Killed process 812 (worker) total-vm:9000000kB, anon-rss:8300000kB, " \
       "file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:17000kB oom_score_adj:0\n"


@pytest.mark.parametrize("size", ["80x24", "40x10"])
@pytest.mark.parametrize("state", STATES)
def test_a_machine_that_is_not_well_shows_the_golden_screen(terminal, tmp_path, state, size):
    tree, log = tmp_path / "tree", tmp_path / "log"
    shutil.copytree(FIXTURES / "server", tree, symlinks=True)
    for name, changes in STATES[state].items():
        text = (tree / name).read_text()
        for old, new in changes:
            text, count = re.subn(old, new, text)
            assert count == 1
        (tree / name).write_text(text)
    log.write_text(KILL.format(max(time.monotonic() - 60, 1) * 1e6) if state == "killed" else "")
    terminal.start(size, {}, tree=tree, log=log)
    terminal.wait_for_text("java -Xmx4g")
    terminal.with_looks = True
    terminal.type("C-r")  # who it is
    terminal.wait_for(f"state-{state}-{size}")


@pytest.mark.parametrize("size, name", [("80x24", "past"), ("40x10", "40x10-past")])
def test_the_past_lists_kills_and_tells_why(terminal, tmp_path, size, name):
    tree, log = tmp_path / "tree", tmp_path / "log"
    shutil.copytree(FIXTURES / "server", tree, symlinks=True)
    (tree / "vmstat").write_text(re.sub(r"oom_kill \d+", "oom_kill 3", (tree / "vmstat").read_text()))
    log.write_text(KILL.format(max(time.monotonic() - 60, 1) * 1e6))
    terminal.start(size, {}, tree=tree, log=log)
    terminal.wait_for_text("java -Xmx4g")
    terminal.type("8")
    terminal.wait_for(name)
    terminal.type("Enter")
    terminal.wait_for_text("1. What happened?")
    terminal.type("q")
    terminal.wait_for(name)


@pytest.mark.parametrize("size", ["80x24", "40x10"])
def test_a_machine_that_swaps_shows_the_golden_screen(terminal, tmp_path, size):
    """What is read from swap was written there shortly before."""
    tree = tmp_path / "tree"
    shutil.copytree(FIXTURES / "server", tree, symlinks=True)
    pressure = (tree / "pressure" / "memory").read_text()
    (tree / "pressure" / "memory").write_text(re.sub(r"(some avg10=)\S+", r"\g<1>31.20", pressure))
    vmstat = (tree / "vmstat").read_text()
    (tree / "vmstat").write_text(vmstat + "workingset_refault_anon 5\n")
    terminal.start(size, {}, tree=tree)
    terminal.wait_for_text("java -Xmx4g")
    for counter in ("pswpin", "pswpout"):
        vmstat = re.sub(rf"(?m)^({counter}) \d+$", r"\1 2000000000", vmstat)
    (tree / "vmstat").write_text(vmstat + "workingset_refault_anon 2000000000\n")
    terminal.with_looks = True
    terminal.type("C-r")
    terminal.wait_for(f"state-swapping-{size}")


def test_escape_is_told_first_that_a_kill_has_been_seen(terminal, tmp_path):
    """Only the next one asks whether to leave."""
    tree, log = tmp_path / "tree", tmp_path / "log"
    shutil.copytree(FIXTURES / "server", tree, symlinks=True)
    (tree / "vmstat").write_text(re.sub(r"oom_kill \d+", "oom_kill 3", (tree / "vmstat").read_text()))
    log.write_text(KILL.format(max(time.monotonic() - 60, 1) * 1e6))
    terminal.start("80x24", {}, tree=tree, log=log)
    terminal.wait_for_text("java -Xmx4g", "killed")
    terminal.type("Enter", "Escape")  # it leads back first
    terminal.wait_for_text("java -Xmx4g", "killed")
    terminal.type("Escape")
    terminal.wait_for_text("ok  ")
    assert "Leave memtop?" not in terminal.capture() and "killed" not in terminal.capture()
    terminal.type("Escape")
    terminal.wait_for_text("Leave memtop?")


# What the fixtures of cgroups show: the file system of version 2 lies where the kernel says.
CGROUPS = [("cgroups", []), ("cgroups-folded", ["Down", "-"]), ("cgroups-flat", ["V"])]


@pytest.mark.parametrize("size", ["80x24", "40x10"])
@pytest.mark.parametrize("name, keys", CGROUPS)
def test_cgroups_are_a_tree_with_bars_of_their_limits(terminal, tmp_path, name, keys, size):
    tree = tmp_path / "tree"
    shutil.copytree(FIXTURES / "server", tree, symlinks=True)
    (tree / "self" / "mountinfo").write_text(f"30 23 0:26 / {FIXTURES}/cgroups rw - cgroup2 cgroup2 rw\n")
    terminal.start(size, {}, tree=tree)
    terminal.wait_for_text("java -Xmx4g")
    terminal.type("2", "b", "b", "b")
    terminal.wait_for_text("app.service")
    terminal.with_looks = True  # of what the bars consist
    terminal.type(*keys)
    terminal.wait_for(f"{name}-{size}")


def width_of(text):
    """Columns of a terminal: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def test_T29_hostile_names_keep_the_columns_in_place(terminal):
    terminal.start("200x60", {}, "-F", "pid,comm,res,command")
    screen = terminal.wait_for("hostile")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", screen)
    lines = screen.splitlines()
    heading = next(i for i, line in enumerate(lines) if line.lstrip().startswith("PID"))
    edge = lines[heading].index(" RES▼") + len(" RES▼")
    rows = [line for line in lines[heading + 1 :] if re.match(r" +\d+ ", line)]
    assert len(rows) == 5
    for row in rows:
        cut = next(i for i in range(len(row)) if width_of(row[:i]) == edge)
        assert re.search(r" \d[\d.]*[KMG]?$", row[:cut]) and row[cut] == " "


def test_a_resized_terminal_is_drawn_anew(terminal):
    terminal.start("80x24", {})
    terminal.wait_for("start")
    for size in ("200x60", "40x10", "1x1", "80x24"):
        width, height = size.split("x")
        terminal.tmux("resize-window", "-x", width, "-y", height)
    terminal.wait_for("start")
