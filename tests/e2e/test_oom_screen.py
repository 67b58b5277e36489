# SPDX-License-Identifier: GPL-3.0-or-later
"""OOM priorities and kills on the screen, with processes of the test's own."""

import os
import re
import signal
import subprocess
import time

import pytest
from conftest import MEMTOP, memtop
from memory_cgroup import memory_cgroup
from screen_in_tmux import terminal  # noqa: F401: a fixture
from screen_on_pty import wait_until


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "1000"])
    yield process.pid
    process.kill()
    process.wait()


def adjustment_of(pid):
    with open(f"/proc/{pid}/oom_score_adj") as file:
        return int(file.read())


def open_editor(terminal, *arguments, wrapper=()):
    terminal.run("80x24", {}, *wrapper, MEMTOP, "--no-config", "-d", "86400", *arguments)
    terminal.wait_for_text("COMMAND")
    wait_until(lambda: terminal.type("C-r") or re.search(r"  1 of \d+ process", terminal.capture()))  # it may not be there yet
    reopen_editor(terminal)


def reopen_editor(terminal):
    terminal.type("a")
    terminal.wait_for_text("OOM priority of", "dies first")


def test_a_preset_is_applied_and_undone(terminal, sleeper):
    open_editor(terminal, "-p", str(sleeper))
    terminal.type("m")
    terminal.wait_for_text("new   adj   300")
    assert adjustment_of(sleeper) == 0  # until it is told to
    terminal.type("Enter")
    terminal.wait_for_text(f"OOM adjustment of {sleeper} changed from 0 to 300")
    assert adjustment_of(sleeper) == 300
    reopen_editor(terminal)
    terminal.wait_for_text("now   adj   300")
    terminal.type("u")
    terminal.wait_for_text(f"Set the OOM adjustment of {sleeper} back to 0? y/n")
    terminal.type("n")
    assert adjustment_of(sleeper) == 300
    terminal.type("u", "y")
    terminal.wait_for_text(f"OOM adjustment of {sleeper} changed from 300 to 0")
    assert adjustment_of(sleeper) == 0


def test_what_is_shown_is_what_the_kernel_then_says(terminal, sleeper):
    open_editor(terminal, "-p", str(sleeper))
    terminal.type("=500", "Enter")
    terminal.wait_for_text("new   adj   500")
    line = next(line for line in terminal.capture().splitlines() if line.startswith("new"))
    terminal.type("Enter")
    terminal.wait_for_text("changed from 0 to 500")
    with open(f"/proc/{sleeper}/oom_score") as file:
        assert int(file.read()) == int(line.split("score")[1].split()[0])


def test_escape_changes_nothing(terminal, sleeper):
    open_editor(terminal, "-p", str(sleeper))
    terminal.type("f", "Escape", "q")
    terminal.wait_for_end()
    assert adjustment_of(sleeper) == 0


def test_escape_takes_a_typed_number_back(terminal, sleeper):
    open_editor(terminal, "-p", str(sleeper))
    terminal.type("=77")
    terminal.wait_for_text("new   adj    77")
    terminal.type("Escape")
    terminal.wait_for_text("new   adj     0", "Enter change it")
    terminal.type("Enter")
    terminal.wait_for_text("nothing to change")
    assert adjustment_of(sleeper) == 0


def test_nothing_that_was_typed_ahead_changes_anything(terminal, sleeper):
    open_editor(terminal, "-p", str(sleeper))
    terminal.type("m", "Enter")
    terminal.wait_for_text("changed from 0 to 300")
    terminal.tmux("send-keys", "-l", "--", "auy")  # at once: before the figures can be there
    terminal.wait_for_text("OOM priority of", "dies first")
    assert adjustment_of(sleeper) == 300
    terminal.type("Escape")


def test_figures_are_read_anew_for_the_editor(terminal, sleeper):
    terminal.run("80x24", {}, MEMTOP, "--no-config", "-d", "0.3", "--filter", f"pid={sleeper}")
    terminal.wait_for_text("COMMAND")
    terminal.type("3", "z")
    terminal.wait_for_text("FROZEN", "sleep 1000")
    with open(f"/proc/{sleeper}/oom_score_adj", "w") as file:
        file.write("500")
    reopen_editor(terminal)
    terminal.wait_for_text("now   adj   500")


def test_a_tree_is_changed(terminal):
    script = "sleep 1000 & sleep 1001 & wait"
    parent = subprocess.Popen(["sh", "-c", script], start_new_session=True)
    try:
        path = f"/proc/{parent.pid}/task/{parent.pid}/children"
        children = wait_until(lambda: len(pids := open(path).read().split()) == 2 and pids)
        open_editor(terminal, "-p", str(parent.pid))
        terminal.wait_for_text("2 below keep theirs")
        terminal.type("t", "=77", "Enter", "Enter")
        terminal.wait_for_text("OOM adjustment of 3 processes changed")
        assert [adjustment_of(pid) for pid in [parent.pid, *children]] == [77, 77, 77]
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait()


def test_never_killed_is_asked_twice_and_refused_without_the_capability(terminal, mounts, sleeper):
    """In a user namespace nobody has CAP_SYS_RESOURCE over the machine."""
    open_editor(terminal, "-p", str(sleeper), wrapper=["unshare", "-r"])
    terminal.type("=-1000", "Enter")
    terminal.wait_for_text("lowering may need CAP_SYS_RESOURCE, which memtop lacks here")
    terminal.type("Enter")
    terminal.wait_for_text("y/n")
    terminal.type("y")
    terminal.wait_for_text(f"cannot set OOM adjustment of {sleeper}: Permission denied", "CAP_SYS_RESOURCE)")
    assert adjustment_of(sleeper) == 0


def test_a_process_that_has_ended_is_told(terminal):
    process = subprocess.Popen(["sleep", "1000"])
    open_editor(terminal, "-p", str(process.pid))
    process.kill()
    process.wait()
    terminal.type("m", "Enter")
    terminal.wait_for_text(f"cannot set OOM adjustment of {process.pid}: No such process")


def test_T39_the_kill_order_of_a_memory_cgroup(terminal):
    with memory_cgroup() as group:
        hogs = [group.start_hog("small", 0), group.start_hog("first", 300)]
        try:
            terminal.run("80x24", {}, MEMTOP, "--no-config", "--exact", "-d", "86400")
            terminal.wait_for_text("COMMAND")
            terminal.type("3", "c")
            terminal.wait_for_text("Predicted, for", "of memory and swap")
            terminal.type("/", "=first", "Enter", "g")
            terminal.wait_for_text(f"Predicted, for memory cgroup {group.path}, with swap 32.0M")
            rows = [line.split()[:2] for line in terminal.capture().splitlines()[8:11]]
            assert rows == [["1", str(hogs[1].pid)], ["2", str(hogs[0].pid)], []]
        finally:
            for hog in hogs:
                hog.kill()
                hog.wait()


def test_a_kill_is_announced_until_escape(terminal):
    with memory_cgroup() as group:
        terminal.run("80x24", {}, MEMTOP, "--no-config", "-d", "0.3")
        terminal.wait_for_text("COMMAND", "Swap")
        pid = group.kill_hog("hog", 300)
        terminal.wait_for_text(f"killed for lack of memory: hog ({pid})", "adjustment 300", "Esc")
        assert re.search(r"(?m)^killed ", terminal.capture())
        terminal.type("M")
        terminal.type("/", "=not", "=hing", "Enter")  # no command line of a running tmux has it all
        terminal.wait_for_text(f"hog ({pid})", "not found: nothing")
        terminal.type("Escape")
        wait_until(lambda: f"hog ({pid})" not in terminal.capture())


def test_F10_the_last_kill_is_named_on_the_screen_and_by_batch(terminal):
    wanted = re.compile(r"oom kills (?:since boot )?[1-9]\d*, last \d\d:\d\d f10-hog")
    verdict = re.compile(r"(?m)^killed +f10-hog at HH:MM, [1-9]\d* kills? since boot; now \w+")
    with memory_cgroup() as group:
        terminal.run("80x24", {}, MEMTOP, "--no-config", "-d", "0.3")
        terminal.wait_for_text("COMMAND", "Swap")

        def is_named():
            group.kill_hog("f10-hog", 300)
            end = time.monotonic() + 5
            while not verdict.search(terminal.capture()) and time.monotonic() < end:
                time.sleep(0.05)
            text = memtop("batch", "-n", "1").stdout.decode()
            return verdict.search(terminal.capture()) and wanted.search(text)

        assert any(is_named() for _ in range(3))  # something else may be killed meanwhile


# In a PID namespace of its own the next pid can be chosen.
REUSE = """
folder=$1
(
    sleep 1000 & victim=$!
    until [ -e "$folder/go" ]; do read -t 0.05 nothing <>"$folder/fifo"; done
    kill $victim; wait $victim
    echo $((victim - 1)) >/proc/sys/kernel/ns_last_pid
    sleep 1001 & other=$!
    echo $victim $other $(cat /proc/$other/oom_score_adj) >"$folder/reused"
    until [ -e "$folder/look" ]; do read -t 0.05 nothing <>"$folder/fifo"; done
    cat /proc/$other/oom_score_adj >"$folder/after"
) 2>/dev/null &
shift
"$@"
"""


def test_T30_a_pid_that_was_reused_is_refused(terminal, mounts, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    wrapper = ["unshare", "-rmpf", "--mount-proc", "bash", "-c", REUSE, "sh", str(tmp_path)]
    open_editor(terminal, "--filter", "cmd='sleep 1000'", wrapper=wrapper)
    (tmp_path / "go").touch()
    reused = tmp_path / "reused"
    victim, other, before = wait_until(lambda: reused.exists() and len(w := reused.read_text().split()) == 3 and w)
    if victim != other:
        pytest.skip("the next pid cannot be chosen here")
    terminal.type("m", "Enter")
    terminal.wait_for_text("another process has this number now")
    (tmp_path / "look").touch()
    after = tmp_path / "after"
    assert wait_until(lambda: after.exists() and after.read_text().split()) == [before]
