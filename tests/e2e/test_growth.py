# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop growth: the verdict of a series of values, and what it refuses."""

import csv
import io
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FIXTURES, MEMTOP, memtop, run, run_over

SERIES = FIXTURES / "growth"
MIB = 1 << 20


def growth(text, *options):
    """A series on standard input."""
    return subprocess.run([MEMTOP, "growth", "--series", "-", *options], input=text.encode(), capture_output=True)


def line(minutes, per_minute=10 * MIB, start=480 * MIB):
    return "".join(f"{60 * i},{start + per_minute * i}\n" for i in range(minutes))


def row(done):
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert found["kind"] == "growth"
    return found


FITS = {"steady": {"steady"}, "growing": {"growing", "leak?"},
        "not-growing": {"steady", "varying", "jump", "levelling", "slowing"}}


@pytest.mark.parametrize("file, answer", [(each["file"], each["answer"])
                                          for each in csv.DictReader((SERIES / "ANSWERS.csv").open())])
def test_each_series_has_its_answer(file, answer):
    assert row(memtop("growth", "--series", SERIES / file, "--format", "json"))["verdict"] in FITS[answer]


def test_what_grows_says_how_fast_and_until_when():
    done = growth(line(40), "--limit", "3G")
    assert done.stdout == (b"growing for 24 min: +10.0M/min (+10.0M to +10.0M), 480M to 870M in 39 min, "
                           b"gone in 4 h\n")
    found = row(growth(line(40), "--limit", "3G", "--format", "json"))
    assert {key: found[key] for key in ("verdict", "span", "first", "last", "grown", "seen", "accelerates", "limit")} == \
        {"verdict": "growing", "span": 24 * 60, "first": 480 * MIB, "last": 870 * MIB, "grown": 390 * MIB,
         "seen": 39 * 60, "accelerates": 0, "limit": 3 << 30}
    assert found["slope"] == found["slope_low"] == found["slope_high"] == found["slope_1m"] == found["slope_10m"] == 10 * MIB
    assert found["slope_1h"] is None
    assert found["exhaustion"] == pytest.approx((3072 - 870) / 10 * 60)


def test_a_sentence_for_each_case():
    assert growth(line(5)).stdout == b"too short to say: 480M to 520M in 4 min\n"
    assert growth(line(40, 0)).stdout.startswith(b"steady for ")
    assert b", gone in more than 30 days\n" in growth(line(40), "--limit", "500G").stdout
    assert growth(line(40), "--limit", "800M").stdout.endswith(b", the limit of 800M is reached\n")
    assert growth(line(40, 0), "--limit", "800M").stdout.endswith(b" in 39 min\n")
    faster = "".join(f"{60 * i},{480 * MIB + i * i * MIB}\n" for i in range(40))
    text = growth(faster, "--limit", "4G").stdout.decode()
    assert "/min, accelerating, 480M to " in text and text.endswith(" at the latest\n")
    noisy = "".join(f"{60 * i},{480 * MIB + (10 * i + i * 7 % 11) * MIB}\n" for i in range(40))
    assert b" h (3 to 4)\n" in growth(noisy, "--limit", "3G").stdout
    assert growth(line(14 * 60 + 10, MIB)).stdout.startswith(b"leak? growing for 14 h: +1.0M/min")


def test_columns_make_a_table_and_csv_has_a_heading():
    head, empty, titles, values = growth(line(40), "-F", "verdict,span,slope").stdout.decode().splitlines()
    assert head.startswith("growing for") and not empty
    assert (titles.split(), values.split()) == (["VERDICT", "SPAN", "+/min"], ["growing", "24m", "0s", "10.0M"])
    [found] = csv.DictReader(io.StringIO(growth(line(40), "--format", "csv").stdout.decode()))
    assert (found["verdict"], found["slope_1h"], found["limit"]) == ("growing", "", "")
    assert growth(line(40), "--filter", "slope>1G", "--format", "json").stdout == b""
    assert growth(line(40), "--filter", "slope>1G").stdout == b""
    assert b"491520K to " in growth(line(40), "-e", "k").stdout


def test_what_is_no_value_is_left_out():
    text = line(40).replace("\n", "\r\n").replace("600,", "\r\n# 600,\r\n600,", 1)
    plain = row(growth(line(40), "--format", "json"))
    for other in (text, "seconds,bytes\n" + text, '"seconds","bytes"\n' + text, " " + text.replace(",", " , ")):
        assert {**row(growth(other, "--format", "json")), "time": None} == {**plain, "time": None}
    gaps = "".join(each if i % 5 else each.split(",")[0] + (",-\n" if i % 2 else ",\n")
                   for i, each in enumerate(line(60).splitlines(keepends=True)))
    found = row(growth(gaps, "--format", "json"))
    assert (found["verdict"], found["slope"], found["first"]) == ("growing", 10 * MIB, 490 * MIB)


@pytest.mark.parametrize("text, error", [
    ("0,1\n60,2\n\n30,3\n", "line 4 is earlier than the line before: '30,3'"),
    ("0,1\n60\n", "line 2 is not SECONDS,BYTES: '60'"),
    ("0,1\n60,2,3\n", "line 2 has no whole number of bytes: '60,2,3'"),
    ("0,1\n60,2.5\n", "line 2 has no whole number of bytes: '60,2.5'"),
    ("0,1\n60,99999999999999999999\n", "line 2 has no whole number of bytes: '60,99999999999999999999'"),
    ("0,1\nseconds,bytes\n", "line 2 has no seconds from 0 to 9000000000: 'seconds,bytes'"),
    ("x,1\n", "line 1 has no seconds from 0 to 9000000000: 'x,1'"),
    ("0,1\n-5,1\n", "line 2 has no seconds from 0 to 9000000000: '-5,1'"),
    ("0,1\n1e3,1\n", "line 2 has no seconds from 0 to 9000000000: '1e3,1'"),
    ("0,1\n\x1b[2J\n", "line 2 is not SECONDS,BYTES: '\\x1b[2J'"),
    ("0,1\n60,\0\n", "line 2 is no text of at most 4094 bytes: '60,'"),
    ("", "there is no line with a value"),
    ("seconds,bytes\n0,-\n", "there is no line with a value"),
])
def test_a_wrong_line_is_named(text, error):
    done = growth(text)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == f"memtop growth: standard input: {error}\n"


def test_a_line_that_is_too_long_is_refused():
    done = growth("0,1\n# " + "x" * 5000 + "\n")
    assert done.returncode == 1 and b": line 2 is no text of at most 4094 bytes: '# xxx" in done.stderr


def test_a_file_that_cannot_be_read_is_named():
    for path, cause in (("/nonexistent", "No such file or directory"), ("/", "Is a directory")):
        done = memtop("growth", "--series", path)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.decode() == f"memtop growth: cannot read {path}: {cause}\n"


@pytest.mark.parametrize("words, error", [
    (["--series", "-", "-d", "1"], "--series is read once, without --delay and --count"),
    (["--series", "-", "-n", "2"], "--series is read once, without --delay and --count"),
    (["--series", "-", "--limit", "much"], "--limit 'much': not a size such as 512M or 2G"),
    (["--series", "-", "--limit", "-1"], "--limit '-1': not a size such as 512M or 2G"),
    (["--series", "-", "word"], "unexpected word 'word'"),
    (["--series"], "--series needs a value: FILE"),
])
def test_a_wrong_command_line_is_one_line(words, error):
    done = memtop("growth", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"memtop growth: {error}; try 'memtop growth --help'\n"


GROWER = """
import time
held = [bytearray(b"x" * (12 << 20))]
print("ready", flush=True)
while len(held) < 1000:
    held.append(bytearray(b"x" * (1 << 18)))
    time.sleep(0.02)
"""


@pytest.fixture
def grower():
    """The number of a process that grows by 12 MiB a second."""
    process = subprocess.Popen([sys.executable, "-c", GROWER], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


def blocks(*words):
    """The rows of each block, as long as they are wanted."""
    process = subprocess.Popen([MEMTOP, *words, "-d", "0.2", "-n", "1000", "--format", "json"], stdout=subprocess.PIPE)
    try:
        for _, block in itertools.groupby(map(json.loads, process.stdout), lambda row: row["time"]):
            yield list(block)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def live(pid, *options):
    """The rows of the first block in which a process, or what descends from it, has grown by 1 MiB."""
    for block in blocks("growth", *options):
        rows = [row for row in block if row["kind"] == "growth"]
        if any(row["pid"] == pid and row["grown"] > 1 << 20 for row in rows):
            return rows


def has_large_cache():
    """Whether a slab cache has 8 MiB, with some to spare."""
    lines = [line.split() for line in Path("/proc/slabinfo").read_text().splitlines()[2:]]
    return any(int(words[2]) * int(words[3]) > 10 << 20 for words in lines)


def test_without_cgroups_there_is_no_word_about_them():
    script = 'mount -t tmpfs none /sys/fs/cgroup && exec "$0" growth -n 1'
    done = run("unshare", "-rm", "sh", "-c", script, MEMTOP)
    if done.returncode != 0:
        pytest.skip("cgroups cannot be hidden here")
    assert b"in use" in done.stdout and b"cgroups" not in done.stdout


def test_without_a_series_processes_caches_and_sums_are_followed(grower):
    rows = live(grower)
    [own] = [row for row in rows if row["pid"] == grower]
    assert own["of"] == "process" and own["name"].startswith("python3")
    assert own["verdict"] == "young" and own["slope_1h"] is None
    assert "in use" in {row["name"] for row in rows if row["of"] == "machine"}
    budget = {row["name"] for row in rows if row["of"] == "budget"}
    assert "anonymous" in budget and not budget & {"free", "page cache", "buffers", "slab, reclaimable"}
    if os.geteuid() == 0 and has_large_cache():
        assert any(row["of"] == "slab" for row in rows)
    assert [row["grown"] for row in rows] == sorted((row["grown"] for row in rows), reverse=True)


def test_groups_grow_too(grower):
    [own] = [row for row in live(grower, "--by", "tree") if row["pid"] == grower]
    assert own["of"] == "tree" and own["verdict"] == "young"


@pytest.mark.parametrize("words, key", [(["groups", "--by", "tree"], "root"), (["batch"], "pid")])
def test_lists_have_columns_of_growth(grower, words, key):
    columns = f"{key},grown,growth_10m,growth_trend,growth_verdict"
    rows = []
    for block in blocks(*words, "-F", columns):
        rows += [row for row in block if row.get(key) == grower]
        if rows and rows[-1]["grown"] > 1 << 20:
            break
    assert rows[0]["grown"] == 0 and rows[-1]["grown"] > 1 << 20
    assert {row["growth_verdict"] for row in rows} == {"young"}
    assert (rows[-1]["growth_10m"], rows[-1]["growth_trend"]) == (None, None)


def test_the_text_says_what_memory_in_use_does(grower):
    lines = memtop("growth", "-d", "0.1", "-n", "2").stdout.decode().splitlines()
    assert lines[0].startswith("Memory in use: too short to say: ")
    assert lines[2].split()[:3] == ["GROWN", "+10m", "+1h"] and len(lines) < 2 * 26


def test_the_text_says_nothing_of_memory_in_use_that_is_not_known(mounts, tmp_path):
    """As in a container that has some figures of its host."""
    meminfo = re.sub(r"(?m)^MemAvailable: .*", "MemAvailable: 999999999999 kB", Path("/proc/meminfo").read_text())
    (tmp_path / "meminfo").write_text(meminfo)
    done = run_over({"/proc/meminfo": tmp_path / "meminfo"}, MEMTOP, "growth", "-n", "1")
    assert done.returncode == 0 and b"VERDICT" in done.stdout
    assert b"Memory in use" not in done.stdout and b"- in use\n" not in done.stdout


@pytest.mark.parametrize("words, line", [
    (["--by", "color"], "--by 'color': not one of process, program, user"),
    (["--limit", "1G"], "--limit needs --series"),
    (["--series", "-", "--by", "user"], "a series has no --by"),
])
def test_what_does_not_go_together_is_one_clear_line(words, line):
    done = memtop("growth", *words)
    assert done.returncode == 2 and not done.stdout
    [found] = done.stderr.decode().splitlines()
    assert line in found
