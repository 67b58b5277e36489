# SPDX-License-Identifier: GPL-3.0-or-later
"""F9: what the processes that a filter lets through hold together."""

import re

import pytest
from conftest import MEMTOP, memtop
from forks import COW_NAME, cow, pss_of  # noqa: F401: a fixture
from screen_in_tmux import terminal  # noqa: F401: a fixture
from screen_on_pty import wait_until

UNITS = {"K": 1 / 1024, "M": 1, "G": 1024}

def shown_sum(text, pids):
    """What a text says that they hold, in MiB; None: it says only what that is at most."""
    found = re.search(rf"{len(pids)}(?: of \d+)? processes  PSS ~?([\d.]+)([KMG])", text)
    return float(found[1]) * UNITS[found[2]] if found else None


def test_F9_forks_that_share_their_memory_count_it_once(terminal, cow):
    """Wide enough for ten PIDs of any length and the long form of the sum."""
    terminal.run("160x24", {}, MEMTOP, "--no-config", "-d", "0.3", "-F", "pid,res,command", "-p",
                 ",".join(map(str, cow)))
    wait_until(lambda: shown_sum(terminal.capture(), cow))
    assert shown_sum(terminal.capture(), cow) == pytest.approx(pss_of(cow), rel=0.01)


def test_F9_a_filter_that_is_typed_is_summed_too(terminal, cow):
    terminal.run("80x24", {}, MEMTOP, "--no-config", "-d", "0.3", "-F", "pid,res,command")
    terminal.wait_for_text("COMMAND")
    terminal.type("\\", f"=comm={COW_NAME}", "Enter")
    wait_until(lambda: shown_sum(terminal.capture(), cow))
    screen = terminal.capture()
    assert shown_sum(screen, cow) == pytest.approx(pss_of(cow), rel=0.01)
    assert re.search(rf"filter comm={COW_NAME}  10 of \d+ processes  PSS", screen) and "Esc ends it" in screen


@pytest.mark.parametrize("options", [["--filter", f"comm={COW_NAME}"], ["-p"]])
def test_F9_batch_says_the_same_where_pss_is_shown(cow, options):
    options = options + ([",".join(map(str, cow))] if options == ["-p"] else [])
    text = memtop("batch", "-n", "1", "-e", "k", "-F", "pid,res,pss", *options).stdout.decode()
    assert shown_sum(text, cow) == pytest.approx(pss_of(cow), rel=0.01), text
    assert re.search(r"(?m)^ +\d+ +\d+K +\d+K$", text)


def test_F9_without_pss_the_sum_is_a_bound(cow):
    text = memtop("batch", "-n", "1", "-e", "k", "-F", "pid,res", "--filter", f"comm={COW_NAME}").stdout.decode()
    bound = int(re.search(r"10 of \d+ processes  PSS at most (\d+)K", text)[1]) / 1024
    assert bound >= pss_of(cow)
    assert "processes" in memtop("batch", "-n", "1").stdout.decode().splitlines()[0]
    assert "PSS" not in memtop("batch", "-n", "1").stdout.decode().splitlines()[0]
