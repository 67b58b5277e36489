# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the screen: no file keeps it from starting, and none is lost in writing."""

import os
import shutil

import pytest
from screen_on_pty import start, wait_until  # noqa: F401: a fixture

LINE = b"[screen]\norder = pid\n"

# What is in the file, and what is said about it; nothing where all of it is understood.
FILES = {
    "empty": (b"", ""),
    "comments": (b"# a\n; b\n", ""),
    "carriage-returns": (b"[screen]\r\ntree = yes\r\n", ""),
    "byte-order-mark": (b"\xef\xbb\xbf[screen]\ntree = yes\n", ""),
    "twice": (LINE + b"order = res\n", ""),
    "cut-off": (b"[screen]\norder = pi", ":2: 'pi' is no value for order"),
    "no-section": (b"order = pid\ntree = x\n", ":1: 'order' is not in [screen]"),
    "other-section": (b"[scream]\norder = pid\n", ":2: there is no setting 'order' in [scream]"),
    "open-section": (b"[screen\norder = pid\n", ":1: '[screen' has no ]"),
    "no-equals": (LINE + b"order pid\n", ":3: 'order pid' has no ="),
    "unknown-name": (LINE + b"colour = red\n", ":3: there is no setting 'colour' in [screen]"),
    "no-value": (LINE + b"interval =\n", ":3: '' is no value for interval"),
    "no-number": (b"[screen]\ninterval = fast\n", ":2: 'fast' is no value for interval"),
    "negative": (b"[screen]\ninterval = -1\n", ":2: '-1' is no value for interval"),
    "huge-number": (b"[screen]\ninterval = 1" + b"0" * 400 + b"\n", ":2: '1000"),
    "no-column": (b"[screen]\ncolumns = pid,nothing\n", ":2: 'pid,nothing' is no value for columns"),
    "no-columns": (b"[screen]\ncolumns = ,\n", ":2: ',' is no value for columns"),
    "column-twice": (b"[screen]\ncolumns = pid,pid\n", ":2: 'pid,pid' is no value for columns"),
    "zeroes": (bytes(5000), ""),
    "noise": (bytes(range(256)) * 20, "config"),
    "escaped-name": (b"[screen]\n\x1b]0;title\x07 = 1\n", ":2: there is no setting '\\x1b]0;title\\a' in [screen]"),
    "escaped-value": (b"[screen]\norder = \x1b[31m\n", ":2: '\\x1b[31m' is no value for order"),
    "all-wrong": (LINE + b"x\n" * 100, ":22: more is wrong"),
    "no-utf-8": (b"[screen]\norder = \xff\xfe\n", ":2: '\\xff\\xfe' is no value for order"),
    "long-line": (b"[screen]\norder = " + b"x" * 1000000 + b"\n", ":2: 'xxx"),
    "many-lines": (b"[screen]\n" + b"# no\n" * 100000 + b"tree = x\n", ":100002: 'x' is no value for tree"),
}


@pytest.fixture
def path(tmp_path):
    (tmp_path / "memtop").mkdir()
    return tmp_path / "memtop" / "config"


def starts_and_leaves(screen):
    screen.wait_for_screen()
    screen.type(b"q")
    assert screen.end() == 0
    assert screen.is_given_back()
    return screen.complaints()


@pytest.mark.parametrize("name", FILES)
def test_it_starts_with_a_broken_file_and_says_where(path, start, name):
    content, complaint = FILES[name]
    path.write_bytes(content)
    complaints = starts_and_leaves(start("-d", "86400"))
    assert bool(complaints) == bool(complaint) and complaint in complaints
    assert complaints.replace("\n", "").isprintable()  # no escape reaches the terminal
    assert len(complaints.splitlines()) <= 20
    for line in complaints.splitlines():
        assert line.startswith("memtop: ") and str(path) in line and len(line) < 600
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", ["folder", "fifo", "loop", "device"])
def test_it_starts_where_the_file_is_none(path, start, kind):
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(path if kind == "loop" else "/dev/zero")
    assert starts_and_leaves(start("-d", "86400")).count("ignored: ") == 1


def test_a_line_that_is_right_holds_beside_broken_ones(path, start):
    path.write_bytes(b"[screen]\nbroken\nfoo = bar\ncolumns = pid,comm\n")
    screen = start("-d", "86400")
    wait_until(lambda: b"COMM" in screen.output)
    assert b"VIRT" not in screen.output
    screen.type(b"q")
    assert screen.end() == 0


def saved(screen, message):
    """What W says, and that nothing but the file is in its folder."""
    screen.wait_for_screen()
    screen.type(b"W")
    wait_until(lambda: message in screen.output)
    screen.type(b"q")
    assert screen.end() == 0


def saved_into(path, screen):
    """The same by the file alone: where the last line says other things too, only what differs is drawn."""
    before = path.stat().st_ino if path.exists() else None
    screen.wait_for_screen()
    screen.type(b"W")
    wait_until(lambda: path.exists() and path.stat().st_ino != before)
    screen.type(b"q")
    assert screen.end() == 0


def test_nothing_is_written_but_by_W(path, start):
    shutil.rmtree(path.parent)
    screen = start("-d", "86400")
    screen.wait_for_screen()
    screen.type(b"NVKe")
    screen.type(b"q")
    assert screen.end() == 0
    assert not path.parent.exists()
    saved(start("-d", "86400"), b"settings written to")
    assert os.listdir(path.parent) == ["config"]


def test_settings_in_the_working_directory_are_not_read(tmp_path, start, monkeypatch):
    for name in ("config", "memtop", ".memtoprc", "memtop.conf"):
        (tmp_path / name).write_bytes(b"[screen]\nbroken\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "memtop").unlink()
    assert starts_and_leaves(start("-d", "86400")) == ""


# The disk is full: a small file system of its own, with nothing left in it but the old settings.
FULL_DISK = """
mount -t tmpfs -o size=64k none "$1" && mkdir "$1/memtop" && printf '%s' "$2" >"$1/memtop/config" &&
{ cat /dev/zero >"$1/memtop/rest" 2>/dev/null; shift 2; exec "$@"; }
"""


def full_disk(folder):
    return ["unshare", "-rm", "sh", "-c", FULL_DISK, "sh", str(folder), LINE.decode()]


def test_a_full_disk_leaves_the_old_file_whole(path, start, mounts, tmp_path):
    screen = start("-d", "86400", wrapper=full_disk(tmp_path))
    screen.wait_for_screen()
    screen.type(b"W")
    wait_until(lambda: b"No space left on device" in screen.output)
    folder = f"/proc/{screen.pid}/root{path.parent}"
    assert sorted(os.listdir(folder)) == ["config", "rest"]
    assert open(f"{folder}/config", "rb").read() == LINE
    screen.type(b"q")
    assert screen.end() == 0
    assert screen.complaints() == "" and screen.is_given_back()


def test_a_limit_of_file_sizes_leaves_the_old_file_whole(path, start):
    """Beyond it the kernel sends SIGXFSZ, which ends a program that does not expect it."""
    path.write_bytes(LINE)
    script = 'ulimit -f 0; exec "$@" 2>/dev/null'
    saved(start("-d", "86400", wrapper=["sh", "-c", script, "sh"]), b"File too large")
    assert path.read_bytes() == LINE and os.listdir(path.parent) == ["config"]


def test_a_folder_that_cannot_be_written_is_told(path, start):
    path.parent.rmdir()
    path.parent.write_bytes(b"")
    saved(start("-d", "86400"), b"Not a directory")


def test_a_link_stays_a_link(path, start, tmp_path):
    target = tmp_path / "elsewhere"
    target.write_bytes(LINE)
    path.symlink_to(target)
    saved(start("-d", "86400"), b"settings written to")
    assert path.is_symlink() and b"interval = 86400" in target.read_bytes()


@pytest.mark.parametrize("delay", ["0.01", "0.25", "1000000", "1000000000"])
def test_what_was_written_is_read(path, start, delay):
    saved_into(path, start("-d", delay))
    written = path.read_bytes()
    assert b"\ninterval = %s\n" % delay.encode() in written
    assert starts_and_leaves(start()) == ""
    saved_into(path, start())
    assert path.read_bytes() == written
