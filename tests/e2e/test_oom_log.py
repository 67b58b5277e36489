# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop oom log: kernel logs of many formats explained, and a kill that really happens."""

import datetime
import gzip
import json
import os
import subprocess
import time

import pytest
from conftest import BUILD, FIXTURES, MEMTOP, golden, memtop, run
from memory_cgroup import memory_cgroup

def latest(text):
    """A time without its year, as of such logs: the last one that is not after tomorrow."""
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    is_later = text > f"{tomorrow:%m-%dT%H:%M:%S}"
    return f"{tomorrow.year - is_later}-{text}"


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


# What each log says, read by hand: the keys of its first kill, or of all kills in turn.
FACTS = {
    "4.19-memcg": [{"pid": 4733, "chosen_pid": 4711}],
    "4.19-global-syslog": [{"pid": 2100}],
    "5.4-memcg-kmsg": [{"pid": 3002}],
    "5.10-global-ctime": [{"pid": 960}],
    "5.15-nodes-iso": [{"pid": 5001}, {"pid": 6001}],
    "6.1-group-journal": [{"pid": 68070}, {"pid": 68061}, {"pid": 68065}, {"pid": 68071}],
    "6.18-memcg": [{"pid": 9425, "total": None}],
    "cut-start": [{"pid": 961}],
    "cut-end": [{"pid": None}],
    "nobody-and-others": [{"pid": None}, {"pid": None}, {"pid": 77}],
    "systemd-oomd": [{"processes": 131}, {"processes": None}, {"processes": None}],
    "earlyoom": [{"pid": 1985588}, {"pid": 42}, {"pid": 77}],
    # L1 to L24 in turn
    "419-task-in-without-header": [{"limit_cgroup": "/1037", "cgroup": "/1037/uid", "pid": 2500}],
    "419-memsw-limit": [{"total": 1 << 30, "score": 0, "swap": 558731264}],
    "8k-pages-no-node": [{"ram": 16900816896, "swap": 200 * 8192}],
    "hypervisor-prefix": [{
        "pid": 19388, "comm": "node", "limit_cgroup": "/kubepods/burstable/podC", "limit": 716800 << 10,
        "asked_comm": "node", "adj": 999, "tasks": 3, "time": "2023-12-04T10:49:30.127Z"}],
    "arm-highmem-cut": [{
        "mem_anon": (33248 - 10236) << 10, "mem_shmem": 10236 << 10, "mem_file": (101656 + 27096 + 768) << 10,
        "mem_page_tables": 1768 << 10, "mem_free": (519112 + 2000000) << 10}],
    "kdump-nobody": [{"outcome": "panic", "constraint": "machine", "tasks": 0}],
    "memory-max-write": [{"outcome": "nobody", "limit_lowered": 1, "asked_pid": 14070, "tasks": 0}],
    "only-oom-kill-line": [{
        "pid": 461754, "comm": "pt_main_thread", "uid": 0, "limit_cgroup": "/lxc.payload.n-lxc/k.slice/p.slice",
        "cgroup": "/lxc.payload.n-lxc/k.slice/p.slice/cri-c.scope"}],
    "reltime": [{"time": latest("11-30T10:16:00.002Z"), "limit": 204800 << 10}],
    "el6-uid-form": [{"uid": 679, "res": 7325351936, "anon": 7152432 << 10, "file": 1232 << 10}],
    "el7-thread-chosen": [{"pid": 28438, "chosen_pid": None, "chosen_comm": None, "total": 1 << 30}],
    "panic-compulsory": [{"outcome": "panic", "order": -1, "pid": None}],
    "zone-line-broken": [{"mem_anon": 7168110592, "pid": 5424, "lines_not_understood": 1}],
    "cgroup-continued": [{
        "limit_cgroup": "/kubepods.slice/pod-" + "a" * 40,
        "cgroup": "/kubepods.slice/pod-" + "a" * 40 + "/leaf-" + "b" * 40, "pid": 91}],
    "64k-memcg": [{"swap": 6291456, "virt": 36544 << 10, "asked_comm": "zt", "asked_pid": 177372}],
    "group-victim-twice": [{"pid": 26865}, {"pid": 23517}],
    # The kernel calls the victim by a living thread, 24276, behind its oom-kill line.
    "leader-ended": [{"pid": 24273, "rank": 1, "limit_cgroup": "/memtop-test-23918", "anon": 21504 << 10,
        "swap": 0, "reaped": 1}],
    "sysrq-free-memory": [{"order": -1, "pid": 651}],
    "cpuset-nodes": [
        {"pid": 4100, "constraint": "cpuset", "mem_free": 130021408 << 10, "mem_anon": 1448 << 10},
        {"pid": 8248, "comm": "docker", "reaped_only": 1}, {"pid": 1452}, {"pid": 8291}],
    "remainder": [{"mem_unnamed": 376677 * 4096}],
    "oomd-month-fr": [{"killer": "systemd-oomd", "time": latest("04-16T21:08:50.000Z")}],
    "earlyoom-month-ru": [{"killer": "earlyoom", "pid": 1234, "time": latest("03-27T23:40:33.000Z")}],
}
for width in (96, 132, 168, "whole"):
    FACTS[f"wrapped-{width}"] = [{
        "pid": 473206, "comm": "cc1plus", "uid": 504, "anon": 9234320 << 10, "asked_comm": "cc1plus",
        "cgroup": "/user.slice/u/s.scope", "gfp": "0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO)"}]
for name in LOGS:
    if name.startswith(("journalctl-month", "prefix-", "dmesg-json")):
        FACTS[name] = [{"pid": 1234, "comm": "tail", "asked_comm": "tail", "uid": 1000, "anon": 3000000 << 10}]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_L1_to_L24_each_log_has_its_right_values(name):
    kills = explained(name)
    assert [{key: kill[key] for key in facts} for kill, facts in zip(kills, FACTS[name])] == FACTS[name]
    assert len(kills) == len(FACTS[name])


@pytest.mark.parametrize("name, words", [
    ("kdump-nobody", b"ran out of memory, and the kernel's OOM killer stopped the machine"),
    ("memory-max-write", b"wrote a lower limit"),
    ("memory-max-write", b"The task table is empty"),
    ("sysrq-free-memory", b"A person asked for a kill"),
    ("panic-compulsory", b"A person asked for a kill"),
    ("arm-highmem-cut", b"does not serve such a request"),
    ("arm-highmem-cut", b"below its minimum, 10.2M"),
    ("cpuset-nodes", b"Zone Movable of node 4 had 124G free"),
    ("remainder", b"1.4G of RAM (19 %) is in none of these"),
    ("zone-line-broken", b"1 line of this report was not understood"),
    ("4.19-memcg", b"freed at once (oom_reaper)"),
    ("6.18-memcg", b"which the log does\n   not have"),
])
def test_L2_to_L24_the_text_says(name, words):
    text = memtop("oom", "log", log(name)).stdout
    assert b" ".join(words.split()) in b" ".join(text.split())


def test_L7_the_journal_of_a_unit_tells_a_kill():
    line = b"Nov 21 10:50:01 desk systemd[1201]: a.scope: systemd-oomd killed 2 process(es) in this unit.\n"
    kill, = kills_of(memtop("oom", "log", "--format", "json", "-", input=line))
    assert (kill["killer"], kill["cgroup"], kill["processes"]) == ("systemd-oomd", "a.scope", 2)


@pytest.mark.parametrize("content, words", [
    (gzip.compress(b"x"), b"gzip"),
    ("Mem-Info:\n".encode("utf-16"), b"UTF-16"),
    ("Mem-Info:\n".encode("utf-16-le"), b"no text"),
    (b"LPKSHHRH\0\0", b"journal"),
    (b'{"a": 1}\n', b"JSON without messages"),
])
def test_L16_what_is_no_log_is_told_in_one_line(tmp_path, content, words):
    (tmp_path / "log").write_bytes(content)
    process = memtop("oom", "log", tmp_path / "log")
    assert process.returncode == 1 and not process.stdout
    assert words in process.stderr and process.stderr.count(b"\n") == 1


JOURNAL = {"MESSAGE": None, "SYSLOG_IDENTIFIER": "kernel", "_TRANSPORT": "kernel",
           "__REALTIME_TIMESTAMP": "1795356001500000"}


@pytest.mark.parametrize("form", ["json", "json-pretty", "json-seq", "json-sse", "dmesg", "dmesg-pretty", "docker"])
def test_L16_json_is_read_in_each_form(form):
    lines = [line.split("] ", 1)[1] for line in log("6.18-memcg").read_text().splitlines()]
    journal = [dict(JOURNAL, MESSAGE=line) for line in lines]
    dmesg = [{"pri": 4, "time": 815.295603, "msg": line} for line in lines]
    text = {
        "json": lambda: "".join(json.dumps(entry) + "\n" for entry in journal),
        "json-pretty": lambda: "".join(json.dumps(entry, indent=8) + "\n" for entry in journal),
        "json-seq": lambda: "".join("\x1e" + json.dumps(entry) + "\n" for entry in journal),
        "json-sse": lambda: "".join("data: " + json.dumps(entry) + "\n\n" for entry in journal),
        "dmesg": lambda: '{"dmesg": [\n' + ",\n".join(json.dumps(entry) for entry in dmesg) + "\n]}\n",
        "dmesg-pretty": lambda: json.dumps({"dmesg": dmesg}, indent=3) + "\n",
        "docker": lambda: "".join(json.dumps({
            "log": line + "\n", "stream": "stdout", "attrs": {"tag": "x"}, "time": "2026-11-22T14:00:01Z"}) + "\n"
            for line in lines),
    }[form]()
    kill, = kills_of(memtop("oom", "log", "--format", "json", "-", input=text.encode()))
    assert dict(kill, time=None, uptime=None) == dict(explained("6.18-memcg")[0], time=None, uptime=None)


YEAR = latest("06-24T18:49:40Z")[:4]  # of that log


@pytest.mark.parametrize("arguments, pids", [
    (["gunicorn"], [68070, 68065, 68071]),
    (["68061"], [68061]),
    (["nobody"], []),
    (["--since", f"{YEAR}-06-24"], [68070, 68061, 68065, 68071]),
    (["--since", f"{YEAR}-06-24T18:49:42"], []),
    (["--since", f"{YEAR}-06-25", "gunicorn"], []),
])
def test_U17_a_name_a_pid_and_a_time_choose(arguments, pids):
    assert [kill["pid"] for kill in explained("6.1-group-journal", *arguments)] == pids


def test_U17_a_table_of_the_kills_comes_first():
    lines = memtop("oom", "log", log("6.1-group-journal")).stdout.decode().splitlines()
    assert lines[0].split() == ["TIME", "PID", "NAME", "HELD", "ASKER", "LIMIT"]
    assert [line.split()[1:3] for line in lines[1:5]] == [
        ["68070", "gunicorn"], ["68061", "pause"], ["68065", "gunicorn"], ["68071", "gunicorn"]]


def test_U17_a_word_is_a_file_where_it_is_one(tmp_path):
    (tmp_path / "python3").write_bytes(log("6.18-memcg").read_bytes())
    process = run(MEMTOP, "oom", "log", "python3", cwd=tmp_path)
    assert b"python3 (9425)" in process.stdout
    assert run(MEMTOP, "oom", "log", "./python3", "bash", cwd=tmp_path).stdout.startswith(b"No such kill")
    assert b"9425" in run(MEMTOP, "oom", "log", "9425", "./python3", cwd=tmp_path).stdout


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
    (["--since", "yesterday"], "--since 'yesterday': not a time"),
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
    for suspended, is_told in ("3", False), ("28800", True):
        environment = {**os.environ, "LD_PRELOAD": str(BUILD / "tests/e2e/libwall-clock.so"), "SUSPENDED": suspended,
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        text = memtop("oom", "log", env=environment).stdout.decode()
        assert ("was suspended for 8h 0m since boot" in text) == is_told
        assert f"hog (a) b ({pid})" in text


def test_dmesg_gives_the_same_as_dev_kmsg():
    if memtop("oom", "log").returncode != 0:
        pytest.skip("/dev/kmsg may not be read here")
    lines = subprocess.run(["dmesg"], capture_output=True).stdout
    printed = kills_of(memtop("oom", "log", "--format", "json", "-", input=lines))
    device = {kill["uptime"]: kill for kill in kills_of(memtop("oom", "log", "--format", "json"))}
    same = [kill for kill in printed if kill["uptime"] in device and "\\" not in json.dumps(kill)]
    for kill in same:  # dmesg escapes names; of times it has only those since boot
        assert kill == dict(device[kill["uptime"]], time=None)
