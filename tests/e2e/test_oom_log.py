# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop oom log: kernel logs of many formats explained, and a kill that really happens."""

import json
import os
import subprocess
import time

import pytest
from conftest import FIXTURES, MEMTOP, golden, memtop, run
from memory_cgroup import memory_cgroup

LOGS = sorted(path.stem for path in (FIXTURES / "oom-log").iterdir())


def log(name):
    return FIXTURES / "oom-log" / f"{name}.txt"


def kills_of(process):
    assert process.returncode == 0, process.stderr
    kills = [json.loads(line) for line in process.stdout.splitlines()]
    assert all(kill["kind"] == "oom_kill" for kill in kills)
    return kills


def explained(name, *arguments):
    return kills_of(memtop("oom", "log", "--format", "json", *arguments, log(name)))


@pytest.mark.parametrize("name", LOGS)
def test_text_is_the_golden_one(name):
    process = memtop("oom", "log", log(name))
    assert process.returncode == 0 and not process.stderr
    golden(f"oom-log-{name}", process.stdout)


@pytest.mark.parametrize("name", LOGS)
def test_json_has_the_same_keys_in_each_object(name):
    kills = explained(name)
    assert kills
    for kill in kills:
        assert list(kill) == list(explained("6.18-memcg")[0])
        assert len(kill["candidates"]) <= 16


@pytest.mark.parametrize("name, victims", [
    ("4.19-memcg", [4733]),
    ("4.19-global-syslog", [2100]),
    ("5.4-memcg-kmsg", [3002]),
    ("5.10-global-ctime", [960]),
    ("5.15-nodes-iso", [5001, 6001]),
    ("6.1-group-journal", [68070, 68061, 68065, 68071]),
    ("6.18-memcg", [9425]),
    ("cut-start", [961]),
    ("cut-end", [None]),
    ("nobody-and-others", [None, None, 77]),
    ("systemd-oomd", [None, None, None]),
    ("earlyoom", [1985588, 42, 77]),
])
def test_victims_are_found(name, victims):
    assert [kill["pid"] for kill in explained(name)] == victims


def test_the_candidates_are_ranked_as_the_kernel_does():
    kill = explained("4.19-global-syslog")[0]
    assert [task["comm"] for task in kill["candidates"]] == ["mysqld", "java", "postgres", "bash"]
    assert kill["rank"] == 1 and kill["protected"] == 2
    java = kill["candidates"][1]
    pages = kill["total"] // 4096 // 1000
    assert java["badness"] == (812345 + 90112 + 6901760 // 4096 - 300 * pages) * 4096


def test_a_log_may_come_from_standard_input():
    text = log("6.18-memcg").read_bytes()
    process = memtop("oom", "log", "--format", "json", "-", input=text)
    assert [kill["pid"] for kill in kills_of(process)] == [9425]
    process = memtop("oom", "log", "--format", "json", "-", input=text.replace(b"\n", b"\r\n"))
    assert kills_of(process) == explained("6.18-memcg")


def test_only_the_last_kills():
    assert [kill["pid"] for kill in explained("6.6-loop", "-n", "2")] == [7009, 7010]
    text = memtop("oom", "log", "-n", "2", log("6.6-loop")).stdout
    assert text.startswith(b"Of 9 kills in the log these are the last 2.\n")


def test_no_kill_is_no_error():
    process = memtop("oom", "log", "-", input=b"nothing\n")
    assert process.returncode == 0 and process.stdout == b"No kill for lack of memory is in the log.\n"
    process = memtop("oom", "log", "--format", "json", "-", input=b"")
    assert process.returncode == 0 and not process.stdout


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_T29_hostile_names_are_escaped(locale):
    environment = dict(os.environ, LC_ALL=locale)
    text = memtop("oom", "log", log("hostile-names"), env=environment).stdout
    assert b"\\x1b[31mred" in text
    assert not [byte for byte in text if byte < 32 and byte != 10 or byte == 127]
    assert not set(text.decode()) & set("\x9b\u202e")
    assert locale != "C" or text.isascii()
    output = memtop("oom", "log", "--format", "json", log("hostile-names"), env=environment).stdout
    assert output.isascii() and b"\x1b" not in output


@pytest.mark.parametrize("arguments, message", [
    (["-n", "0"], "--count '0': not a count from 1 to"),
    (["--format", "csv"], "--format 'csv': not one of text, json"),
    (["a", "b"], "unexpected word 'b'"),
    (["--nothing"], "there is no option --nothing"),
])
def test_a_wrong_command_line_is_told(arguments, message):
    process = memtop("oom", "log", *arguments)
    assert process.returncode == 2 and not process.stdout
    assert message in process.stderr.decode() and process.stderr.startswith(b"memtop oom log: ")


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    process = memtop("oom", "log", tmp_path / "none")
    assert process.returncode == 1 and process.stderr.endswith(b"none: No such file or directory\n")
    process = memtop("oom", "log", tmp_path)
    assert process.returncode == 1 and b"Is a directory" in process.stderr


def test_a_full_disk_is_told():
    with open("/dev/full", "wb") as full:
        process = memtop("oom", "log", log("6.18-memcg"), stdout=full)
    assert process.returncode == 1 and b"write error" in process.stderr


def test_without_permission_the_journal_is_named():
    if os.geteuid() != 0 or open("/proc/sys/kernel/dmesg_restrict").read() != "1\n":
        pytest.skip("kernel.dmesg_restrict is not set, or this is not root")
    process = run("setpriv", "--bounding-set=-syslog", "--inh-caps=-syslog", MEMTOP, "oom", "log")
    assert process.returncode == 1
    assert b"CAP_SYSLOG" in process.stderr and b"journalctl -k | memtop oom log -" in process.stderr


def test_a_long_log_takes_no_long_time(tmp_path):
    """20 MiB in a build with sanitizers; the whole 100 MiB take less than a second in a release."""
    line = b"[  815.%06d] usb 1-1: some message of the kernel that is about something else\n"
    ordinary = b"".join(line % number for number in range(250000))
    (tmp_path / "log").write_bytes(ordinary + log("6.18-memcg").read_bytes())
    start = time.monotonic()
    process = memtop("oom", "log", "--format", "json", tmp_path / "log")
    assert [kill["pid"] for kill in kills_of(process)] == [9425]
    assert time.monotonic() - start < 20


# A real kill.


def test_a_real_kill_is_explained_from_dev_kmsg():
    if memtop("oom", "log").returncode != 0:
        pytest.skip("/dev/kmsg may not be read here")
    for _ in range(4):  # of many kills in few seconds, as other tests make them, only some have a report
        with memory_cgroup() as group:
            pid = group.kill_hog("hog (a) b", adj=300)
        kill = [kill for kill in kills_of(memtop("oom", "log", "--format", "json")) if kill["pid"] == pid][-1]
        if kill["limit_cgroup"]:
            break
        time.sleep(5)
    assert (kill["killer"], kill["constraint"], kill["outcome"]) == ("kernel", "cgroup", "killed")
    assert kill["comm"] == "hog (a) b" and kill["adj"] == 300 and kill["uid"] == 0
    assert kill["limit_cgroup"].endswith(group.path) and kill["cgroup"] == kill["limit_cgroup"]
    assert kill["limit"] == 32 << 20 and kill["rank"] == 1
    assert kill["anon"] > 16 << 20 and kill["candidates"][0]["pid"] == pid
    assert abs(kill["candidates"][0]["badness"] - kill["badness"]) == 0
    assert kill["time"] is not None
    assert f"hog (a) b ({pid})" in memtop("oom", "log").stdout.decode()


def test_dmesg_gives_the_same_as_dev_kmsg():
    if memtop("oom", "log").returncode != 0:
        pytest.skip("/dev/kmsg may not be read here")
    lines = subprocess.run(["dmesg"], capture_output=True).stdout
    printed = kills_of(memtop("oom", "log", "--format", "json", "-", input=lines))
    device = {kill["uptime"]: kill for kill in kills_of(memtop("oom", "log", "--format", "json"))}
    same = [kill for kill in printed if kill["uptime"] in device and "\\" not in json.dumps(kill)]
    for kill in same:  # dmesg escapes names; of times it has only those since boot
        assert kill == dict(device[kill["uptime"]], time=None)
