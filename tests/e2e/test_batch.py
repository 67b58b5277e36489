# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop batch: formats, options, hostile names, what may not be read, broken outputs."""

import csv
import ctypes
import io
import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import FIXTURES, MEMTOP, SOURCE, golden, memtop, run, run_over

SERVER = {"/proc": FIXTURES / "server"}
COLUMNS = (
    "pid ppid user uid state nice priority threads cputime cpu age virt res shr anon file shmem swap used mem peak "
    "data code lib stack locked pte hugetlb pss uss swappss oom adj badness rank adj_weight frees protection oomgroup "
    "minflt majflt minflt_rate majflt_rate growth "
    "vmof cgroup unit comm command"
).split()


def lines_of(process, kind="process"):
    assert process.returncode == 0, process.stderr
    rows = [json.loads(line) for line in process.stdout.splitlines()]
    return [row for row in rows if row["kind"] == kind]


def over_server(*arguments):
    return run_over(SERVER, MEMTOP, "batch", "-n", "1", *arguments)


# Golden outputs over the tree of test files.


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("text", []),
        ("text-columns", ["-F", "pid,state,threads,nice,priority,cputime,used,pss,uss,unit,comm,cgroup", "-o", "pid"]),
        ("text-scale", ["-e", "k", "-o", "-virt"]),
        ("text-width", ["-w", "60"]),
        ("text-filter", ["--filter", "res>100M !java", "-u", "root"]),
        ("json", ["--format", "json", "-F", ",".join(COLUMNS)]),
        ("csv", ["--format", "csv", "-F", ",".join(COLUMNS)]),
    ],
)
def test_output_is_the_golden_one(mounts, name, arguments):
    golden(f"batch-{name}", over_server(*arguments).stdout)


def test_ascii_terminals_get_ascii(mounts):
    environment = dict(os.environ, LC_ALL="C")
    process = run_over(SERVER, MEMTOP, "batch", "-n", "1", env=environment)
    assert process.stdout.isascii()


def test_every_column_can_be_shown_sorted_and_filtered(mounts):
    for column in COLUMNS:
        rows = lines_of(over_server("--format", "json", "-F", column, "-o", column))
        assert len(rows) == 6 and all(set(row) == {"kind", "time", column} for row in rows)
    assert COLUMNS == [column for column in lines_of(over_server("--format", "json", "-F", ",".join(COLUMNS)))[0]][2:]


# Ranks.


def test_a_rank_is_among_all_processes_whichever_are_shown(actor):
    pids = [actor("memory"), actor("memory")]
    wanted = ("batch", "-n", "1", "--format", "json", "-F", "pid,rank,badness,oom,protection", "-p", f"{pids[0]},{pids[1]}")
    process = memtop(*wanted)
    rows = lines_of(process)
    assert {row["pid"] for row in rows} == set(pids) and lines_of(process, "system")[0]["processes"] == 2
    assert all(row["rank"] >= 1 and row["badness"] > 30 << 20 and row["protection"] is None for row in rows)
    hungry = [row["pid"] for row in lines_of(memtop(*wanted[:7], "--filter", "badness>30M rank<=1000", "-o", "rank"))]
    assert set(pids) <= set(hungry)


def test_ranks_follow_badness_and_the_rest_says_why_not(mounts):
    rows = lines_of(over_server("--format", "json", "-o", "rank", "-F", "pid,rank,badness,protection"))
    ranked = [row for row in rows if row["rank"] is not None]
    assert [row["rank"] for row in ranked] == list(range(1, len(ranked) + 1)) and ranked
    assert ranked == sorted(ranked, key=lambda row: -row["badness"])
    for row in rows[len(ranked):]:
        assert row["badness"] is None


# The same numbers as /proc.


def read_fields(pid, name):
    with open(f"/proc/{pid}/{name}") as file:
        lines = (line.split(":", 1) for line in file if ":" in line)
        return {key: int(value.split()[0]) * 1024 for key, value in lines if value.strip().endswith("kB")}


def test_figures_equal_proc_to_the_byte(actor):
    pid = actor("memory")
    row = lines_of(memtop("batch", "-n", "1", "-p", pid, "--format", "json", "-F", ",".join(COLUMNS)))[0]
    page = os.sysconf("SC_PAGESIZE")
    with open(f"/proc/{pid}/statm") as file:
        size, resident, shared = [int(word) * page for word in file.read().split()[:3]]
    with open(f"/proc/{pid}/stat") as file:
        stat = file.read().rsplit(")", 1)[1].split()
    status = read_fields(pid, "status")
    assert (row["virt"], row["res"], row["shr"]) == (size, resident, shared)
    assert (row["virt"], row["res"], row["anon"]) == (status["VmSize"], status["VmRSS"], status["RssAnon"])
    assert (row["swap"], row["file"], row["shmem"]) == (status["VmSwap"], status["RssFile"], status["RssShmem"])
    assert (row["peak"], row["pte"], row["locked"]) == (status["VmHWM"], status["VmPTE"], status["VmLck"])
    assert (row["minflt"], row["majflt"]) == (int(stat[7]), int(stat[9]))
    assert row["anon"] >= 24 << 20 and row["shmem"] >= 6 << 20


def test_pss_and_uss_equal_smaps_rollup(actor):
    """The actor is linked statically: what other processes map does not move its figures."""
    pid = actor("memory")
    row = lines_of(memtop("batch", "-n", "1", "-p", pid, "--format", "json", "-F", "pss,uss,swappss"))[0]
    rollup = read_fields(pid, "smaps_rollup")
    assert (row["pss"], row["swappss"]) == (rollup["Pss"], rollup["SwapPss"])
    assert row["uss"] == rollup["Private_Clean"] + rollup["Private_Dirty"]


def test_default_columns_take_the_cheap_way_to_the_same_figures(actor):
    pid = actor("memory")
    row = lines_of(memtop("batch", "-n", "1", "-p", pid, "--format", "json"))[0]
    status = read_fields(pid, "status")
    assert [row[name] for name in ("virt", "res", "anon", "swap")] == [
        status[key] for key in ("VmSize", "VmRSS", "RssAnon", "VmSwap")
    ]
    assert row["shr"] == status["RssFile"] + status["RssShmem"]


def test_T26_a_zombie_leader_shows_200_MiB(actor):
    pid = actor("zombie-leader")
    for fields in ("pid,state,threads,res,anon", "pid,state,threads,res,anon,file,pss"):
        row = lines_of(memtop("batch", "-n", "1", "-p", pid, "--format", "json", "-F", fields))[0]
        assert row["state"] == "Z" and row["threads"] == 2
        assert row["anon"] >= 200 << 20
        assert row.get("pss", 200 << 20) >= 200 << 20


# Hostile names (T29).

HOSTILE = [b"new\nline", b") R 1 1 (", b"\x1b[31m\x1b]0;t\x07", "‮gpj".encode(), b"\xff\xfe\xc0", b"\xc2\x9b2J", b"a,\"b\""]


@pytest.mark.parametrize("name", HOSTILE)
def test_T29_a_hostile_name_is_one_safe_row(actor, name):
    pid = actor("name", name)
    arguments = ["batch", "-n", "1", "-p", pid, "-F", "pid,user,comm,command"]
    text = memtop(*arguments).stdout
    assert len(text.splitlines()) == 8
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", text)
    assert not re.search("[\x80-\x9f‪-‮⁦-⁩]", text.decode())

    output = memtop(*arguments, "--format", "json").stdout
    assert output.isascii() and not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", output)
    row = [json.loads(line) for line in output.splitlines()][-1]
    assert row["pid"] == pid
    assert row["comm"] == name[:15].decode(errors="replace")

    output = memtop(*arguments, "--format", "csv").stdout
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", output)
    heading, row = csv.reader(io.StringIO(output.decode(), newline=""), strict=True)
    assert heading == ["time", "pid", "user", "comm", "command"]
    assert len(row) == 5 and row[1] == str(pid)


# What may not be read.


@pytest.fixture(scope="module")
def open_memtop(tmp_path_factory):
    """A copy of the program in a folder that every user may enter."""
    folder = tmp_path_factory.mktemp("open", numbered=True)
    for parent in (folder, *folder.parents):
        if parent.owner() == "root" and parent.stat().st_mode & 0o1000 == 0 and parent != parent.parent:
            parent.chmod(parent.stat().st_mode | 0o055)
        if parent.name.startswith("pytest-of-"):
            break
    return shutil.copy(MEMTOP, folder / "memtop")


def as_nobody(*command, setup=None):
    """Runs a command as an ordinary user, with `setup` in a mount namespace of its own before."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if not setup:
        return run(*user, *command)
    process = run("unshare", "-m", "sh", "-c", f'{setup} && exec "$@"', "sh", *user, *command)
    if process.stderr.startswith((b"unshare:", b"mount:")):
        pytest.skip("/proc cannot be mounted here")
    return process


def test_T32_without_permission_pss_is_unknown_not_zero(open_memtop):
    process = as_nobody(open_memtop, "batch", "-n", "6", "-d", "0.02", "--format", "json", "-F", "pid,res,pss,uss,swappss", "-p", "1")
    rows = lines_of(process)
    assert len(rows) == 6
    for row in rows:
        assert row["res"] > 0
        assert row["pss"] is None and row["uss"] is None and row["swappss"] is None
    hints = [hint for hint in lines_of(process, "hint") if "PSS" in hint["text"]]
    assert len(hints) == 6
    for hint in hints:
        assert hint["count"] == 1 and "Permission denied (needs CAP_PERFMON" in hint["text"]


@pytest.mark.parametrize("format", ["text", "json", "csv"])
def test_F16_what_is_not_shown_has_no_hint(open_memtop, format):
    """PSS of process 1 and of all others of root is refused."""
    words = ["batch", "-n", "1", "--format", format, "-F", "pid,pss"]
    hidden = as_nobody(open_memtop, *words, "--filter", "comm=nobody-has-this-name")
    shown = as_nobody(open_memtop, *words, "--filter", "pid=1")
    assert b"PSS, USS" not in hidden.stdout + hidden.stderr
    assert b"PSS, USS and SWAPPSS of 1 process unknown" in shown.stdout + shown.stderr


def test_unknown_is_a_dash_in_text_and_nothing_in_csv(open_memtop):
    process = as_nobody(open_memtop, "batch", "-n", "1", "-F", "pid,pss", "-p", "1")
    assert process.stdout.splitlines()[-1].split() == [b"1", b"-"]
    process = as_nobody(open_memtop, "batch", "-n", "1", "-F", "pid,pss", "-p", "1", "--format", "csv")
    assert process.stdout.endswith(b",1,\r\n")
    assert process.returncode == 0 and b"CAP_PERFMON" in process.stderr


def test_T31_hidepid_2_is_told(open_memtop):
    setup = "mount -t proc -o hidepid=2 proc /proc"
    process = as_nobody(open_memtop, "batch", "-n", "1", "--format", "json", setup=setup)
    assert all(row["user"] == "nobody" for row in lines_of(process))
    assert any("hidepid" in hint["text"] for hint in lines_of(process, "hint"))


def test_T31_hidepid_1_leaves_rows_of_unknowns(open_memtop):
    setup = "mount -t proc -o hidepid=1 proc /proc"
    process = as_nobody(open_memtop, "batch", "-n", "1", "--format", "json", setup=setup)
    row = [row for row in lines_of(process) if row["pid"] == 1][0]
    assert row["res"] is None and row["oom"] is None and row["command"] is None
    assert any("hidepid" in hint["text"] for hint in lines_of(process, "hint"))


def test_T31_subset_pid_costs_only_the_totals():
    script = 'mount -t proc -o subset=pid proc /proc && exec "$@"'
    process = run("unshare", "-rmpf", "sh", "-c", script, "sh", MEMTOP, "batch", "-n", "1", "--format", "json")
    if process.returncode != 0 and b"unshare:" in process.stderr or b"mount:" in process.stderr:
        pytest.skip("/proc cannot be mounted here")
    system = lines_of(process, "system")[0]
    assert system["total"] is None and system["uptime"] is None and system["faults"] is None
    row = lines_of(process)[0]
    assert row["res"] > 0 and row["mem"] is None
    assert any("subset=pid" in hint["text"] for hint in lines_of(process, "hint"))


def test_what_is_missing_of_a_process_costs_only_that(mounts, tmp_path):
    tree = tmp_path / "proc"
    shutil.copytree(FIXTURES / "server", tree)
    for name in ("statm", "status"):
        (tree / "400" / name).unlink()
    process = run_over({"/proc": tree}, MEMTOP, "batch", "-n", "1", "--format", "json")
    row = [row for row in lines_of(process) if row["pid"] == 400][0]
    assert row["res"] is None and row["swap"] is None and row["oom"] == 340
    assert any("memory figures of 1 process" in hint["text"] for hint in lines_of(process, "hint"))


def test_processes_that_end_while_they_are_read_spoil_nothing():
    """A loop starts and ends processes as fast as it can beside 100 refreshes."""
    churn = subprocess.Popen(["sh", "-c", "while :; do true & /bin/true; done"])
    try:
        process = memtop("batch", "-n", "100", "-d", "0.01", "--format", "json", "-F", "pid,res,pss,command")
    finally:
        churn.kill()
        churn.wait()
    assert len(lines_of(process, "system")) == 100
    rows = lines_of(process)
    assert len({row["time"] for row in rows}) == 100
    assert all(row["res"] is not None for row in rows if row["pid"] == os.getpid())
    for row in rows:
        assert isinstance(row["pid"], int) and (row["res"] is None or row["res"] >= 0)


def test_a_process_that_does_not_exist_is_told():
    process = memtop("batch", "-n", "1", "-p", "2147483647", "--format", "json")
    assert lines_of(process) == []
    assert [hint["text"] for hint in lines_of(process, "hint")] == ["1 of the processes asked for do not exist"]


# The command line and the output.


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["-F", "nonsense"], "--fields 'nonsense': there is no such column, at character 1;"),
        (["-F", "pid,nonsense"], "--fields 'pid,nonsense': there is no such column, at character 5;"),
        (["-F", "pid,rsss"], "--fields 'pid,rsss': there is no such column, at character 5; did you mean rss?"),
        (["-F", "pid,pid"], "--fields 'pid,pid': this column is there already, at character 5;"),
        (["--filter", "rss>>5"], "--filter 'rss>>5': '>5' is not a size like 500M, at character 5;"),
        (["--filter", "rsss>5"],
         "--filter 'rsss>5': there is no column 'rsss', at character 1; did you mean rss?"),
        (["--filter", "rss>1G || user=nobody"],
         "--filter 'rss>1G || user=nobody': '||' is not understood: write 'or', "
         "or a blank for 'and', at character 8;"),
        (["--filter", "rss>1G,user=root"],
         "--filter 'rss>1G,user=root': ',' is not understood: write 'or', "
         "or a blank for 'and', at character 7;"),
        (["--filter", "comm~" + "(" * 30000 + "a" + ")" * 30000],
         f"--filter '...{'(' * 60}...': longer than 4096 bytes, at character 4097;"),
        (["--filter", "comm~" + "(" * 400 + "a" + ")" * 400],
         f"--filter '...{'(' * 60}...': bad regular expression: parentheses are too deeply nested, "
         "at character 39;"),
        (["--filter", "user~é x>1"], "--filter 'user~é x>1': there is no column 'x', at character 8;"),
        (["--filter", "comm~\x1b[2J"],
         "--filter 'comm~\\x1b[2J': bad regular expression: missing terminating ] for character class, "
         "at character 10;"),
        (["-d", "-1"], "--delay '-1': not a number of seconds from 0.01 to 1000000000;"),
        (["-d", "0"], "--delay '0': not a number of seconds from 0.01 to 1000000000;"),
        (["-p", "0"], "--pid '0': not a process number, at character 1;"),
        (["-p", "1,,2"], "--pid '1,,2': not a process number, at character 3;"),
        (["-p", "1,99999999999"], "--pid '1,99999999999': not a process number, at character 3;"),
        (["-n", "0"], "--count '0': not a count from 1 to 9223372036854775807;"),
        (["-o", "+foo"], "--order '+foo': there is no such column, at character 2;"),
        (["-o", "+commnd"], "--order '+commnd': there is no such column, at character 2; did you mean command?"),
        (["-u", "nobody-of-this-name"], "--user 'nobody-of-this-name': there is no such user;"),
        (["-w", "x"], "--width 'x': not a width of at least 1;"),
        (["-e", "kb"], "--scale 'kb': not one of b k m g t p;"),
        (["--top", "x"], "--top 'x': not a count from 1 to 9223372036854775807;"),
        (["--pss-budget", "0"], "--pss-budget '0': not a percentage from 0.1 to 100;"),
        (["--pss-budget", "101"], "--pss-budget '101': not a percentage from 0.1 to 100;"),
        (["--pss-budget", "x"], "--pss-budget 'x': not a percentage from 0.1 to 100;"),
        (["--format", "xml"], "--format 'xml': not one of text, json, csv, prometheus;"),
        (["--format", "jsn"], "--format 'jsn': not one of text, json, csv, prometheus; did you mean json?"),
        (["-z"], "there is no option -z;"),
        (["-\x1b"], "there is no option -\\x1b;"),
        (["--fliter", "x"], "there is no option --fliter; did you mean --filter?"),
        (["--fliter=x\n"], "there is no option --fliter=x\\n; did you mean --filter?"),
        (["--fi", "x"], "--fi is the beginning of --fields, --filter;"),
        (["--exact=1"], "--exact takes no value;"),
        (["-n"], "--count needs a value: COUNT;"),
        (["--fields"], "--fields needs a value: FIELD,...;"),
    ],
)
def test_U14_a_wrong_command_line_is_one_line_and_status_2(arguments, message):
    process = memtop("batch", *arguments)
    assert (process.returncode, process.stdout) == (2, b"")
    assert process.stderr.decode() == f"memtop batch: {message} try 'memtop batch --help'\n"


@pytest.mark.parametrize("arguments, message", [
    (["nonsense"], "there is no command 'nonsense'; try 'memtop --help'"),
    (["batchh"], "there is no command 'batchh'; did you mean batch? try 'memtop --help'"),
    (["bugdet", "-d", "x"], "there is no command 'bugdet'; did you mean budget? try 'memtop --help'"),
    (["\x1b[2J"], "there is no command '\\x1b[2J'; try 'memtop --help'"),
    (["--bogus"], "there is no option --bogus; try 'memtop --help'"),
    (["-d", "abc"], "--delay 'abc': not a number of seconds from 0.01 to 1000000000; try 'memtop --help'"),
    (["-b", "word"], "unexpected word 'word'; try 'memtop --help'"),
    (["help", "kernl"], "there is no command 'kernl'; did you mean kernel? try 'memtop help --help'"),
    (["help", "oom", "lgo"], "there is no command 'lgo'; try 'memtop help --help'"),
])
def test_U14_what_is_wrong_and_the_nearest_right_one_is_one_line(arguments, message):
    process = memtop(*arguments)
    program = "memtop help" if arguments[0] == "help" else "memtop"
    assert (process.returncode, process.stdout) == (2, b"")
    assert process.stderr.decode() == f"{program}: {message}\n"


@pytest.mark.parametrize("words", [["-d", "0,01"], ["-d", "0.01"], ["--pss-budget", "0,5"], ["--filter", "cpu>0,5"]])
def test_numbers_take_a_point_or_a_comma(words):
    assert memtop("batch", "-n", "2", "-d", "0.01", "-p", "1", *words).returncode == 0


def test_forms_of_earlier_versions_are_understood():
    assert memtop("batch", "-b", "-n", "1", "-p", "1").stdout.startswith(b"memtop  ")
    assert lines_of(memtop("batch", "-n", "1", "-p", "1", "--json"))[0]["pid"] == 1


def test_top_is_the_number_of_rows():
    process = memtop("batch", "-n", "2", "-d", "0.01", "--top", "2", "-o", "pid", "-F", "pid", "--format", "json")
    assert [row["pid"] for row in lines_of(process)][::2] == [1, 1] and len(lines_of(process)) == 4


def without(library, tmp_path):
    """A file that is none, to lie over the library."""
    ctypes.CDLL(library)
    [path] = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if library.split(".")[0] in line}
    (tmp_path / "empty").touch()
    return {path: tmp_path / "empty"}


def test_only_a_pattern_needs_its_library(mounts, tmp_path):
    broken = without("libpcre2-8.so.0", tmp_path)
    done = run_over(broken, MEMTOP, "batch", "-n", "1", "--filter", "comm~a")
    assert (done.returncode, done.stdout) == (2, b"")
    assert re.fullmatch(rb"memtop batch: --filter 'comm~a': libpcre2-8.so.0 cannot be loaded, at character \d+; .*\n", done.stderr)
    assert run_over(broken, MEMTOP, "batch", "-n", "1", "--filter", "comm=a").returncode == 0
    assert run_over(broken, MEMTOP, "free").returncode == 0


def test_only_json_needs_its_library(mounts, tmp_path):
    broken = without("libjansson.so.4", tmp_path)
    done = run_over(broken, MEMTOP, "free", "--format", "json")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"memtop free: JSON needs the library libjansson.so.4 of jansson\n"
    assert run_over(broken, MEMTOP, "free").returncode == 0


def test_a_filter_has_or_and_brackets(actor):
    pids = sorted([actor("memory"), actor("memory"), actor("memory")])
    expression = f"(pid={pids[0]} or pid={pids[1]}) !(pid={pids[1]} and user~.) or pid={pids[2]}"
    process = memtop("batch", "-n", "1", "-o", "pid", "-F", "pid", "--format", "json", "--filter", expression)
    assert [row["pid"] for row in lines_of(process)] == [pids[0], pids[2]]


def test_an_expression_that_takes_too_long_is_told_once(actor):
    pid = actor("name", b"a" * 3000 + b"b")
    process = memtop("batch", "-n", "3", "-d", "0.01", "-F", "pid", "-p", pid, "--filter", "!cmd~(a+)+$")
    assert process.returncode == 0 and process.stdout.splitlines()[-1].split() == [str(pid).encode()]
    assert process.stderr == (b"memtop batch: a regular expression of the filter takes too long on some rows: "
                              b"its term does not hold there\n")


# A process by PID or NAME.


def test_U6_a_name_stands_for_all_processes_that_have_it(actor):
    pids = sorted([actor("name", b"memtop-all"), actor("name", b"memtop-all"), actor("name", b"memtop-all2")])
    for words in (["memtop-all"], ["-p", "memtop-all"], ["-p", f"memtop-all,{pids[0]}"],
                  ["memtop-all", str(pids[0])], ["--", "memtop-all"]):
        process = memtop("batch", "-n", "1", "-o", "pid", "-F", "pid", "--format", "json", *words)
        assert [row["pid"] for row in lines_of(process)] == pids[:2], words
        assert process.stderr == b""


@pytest.mark.parametrize("name, typed", [
    (b"a b", "a b"), (b"a,b", "a,b"), (b"\x1b[2J", "\x1b[2J"), (b"\x1b[2J", r"\x1b[2J"), (b"new\nline", "new\nline"),
    (b"\xff\xfe", b"\xff\xfe"), (b"\xff\xfe", r"\xff\xfe"), (b"-F", "-F"), (b"memtop-name-of-20", "memtop-name-of-20-bytes"),
])
def test_U6_a_name_is_typed_as_it_is_or_as_it_is_shown(actor, name, typed):
    pid = actor("name", name)
    process = memtop("batch", "-n", "1", "-F", "pid", "--format", "json", "--", os.fsdecode(typed))
    assert [row["pid"] for row in lines_of(process)] == [pid]


@pytest.mark.parametrize("command", ["batch", "map", "faults", "oom"])
def test_U6_a_name_that_nobody_has_is_told(command):
    process = memtop(command, "no-such-name-\x1b")
    assert (process.returncode, process.stdout) == (1, b"")
    more = "; a command to run must follow --" if command in ("faults", "oom") else ""
    assert process.stderr.decode() == (
        f"memtop {command}: there is no process called 'no-such-name-\\x1b'{more}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["batch", "--help"], ["free", "--help"], ["--version"]])
def test_help_and_version_go_to_standard_output(arguments):
    process = memtop(*arguments)
    assert process.returncode == 0 and process.stderr == b"" and process.stdout


@pytest.mark.parametrize("arguments", [["-b", "-n", "1"], ["-bn1"], ["batch", "-n", "1"]])
def test_batch_has_its_short_form(arguments):
    assert memtop(*arguments).stdout.startswith(b"memtop  ")


def test_a_closed_pipe_ends_it_quietly():
    process = run("sh", "-c", '"$1" batch -n 3 -d 0.5 | head -1', "sh", MEMTOP)
    assert process.stdout.count(b"\n") == 1 and process.stderr == b""
    process = run("sh", "-c", 'trap "" PIPE; "$1" batch -n 3 -d 0.2 | head -1', "sh", MEMTOP)
    assert process.stdout.count(b"\n") == 1 and process.stderr == b""


def test_a_reader_that_leaves_ends_the_wait():
    """Without waiting for the next block, which would be a day away."""
    run("sh", "-c", '"$1" batch -d 86400 | head -1', "sh", MEMTOP, timeout=30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_it_as_signals_do(number):
    process = subprocess.Popen([MEMTOP, "batch", "-d", "60"], stdout=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"memtop  ")
    process.send_signal(number)
    assert process.wait(30) == -number
    process.stdout.close()


def test_a_long_command_line_widens_only_its_own_row(actor):
    long, short = str(actor("name", "x" * 3000)), str(actor("name", "y"))
    output = memtop("batch", "-n", "1", "-p", f"{long},{short}", "-F", "command,pid").stdout
    rows = {row.split()[-1]: row for row in output.decode().splitlines()[7:]}
    assert rows.keys() == {long, short}
    assert len(rows[long]) > 3000 and len(rows[short]) < 200


def test_a_full_disk_is_told():
    with open("/dev/full", "wb") as full:
        process = memtop("batch", stdout=full)
    assert process.returncode == 1
    assert process.stderr == b"memtop batch: write error: No space left on device\n"


def test_a_closed_output_is_told():
    process = run("sh", "-c", '"$1" batch -n 1 >&-', "sh", MEMTOP)
    assert (process.returncode, process.stdout) == (1, b"")
    assert process.stderr == b"memtop batch: write error: Bad file descriptor\n"


def test_blocks_have_one_heading_in_csv_and_rates_from_the_second():
    output = memtop("batch", "-n", "3", "-d", "0.05", "--format", "csv", "-F", "pid,minflt_rate", "-p", os.getpid())
    heading, *rows = csv.reader(io.StringIO(output.stdout.decode(), newline=""))
    assert heading == ["time", "pid", "minflt_rate"] and len(rows) == 3
    assert rows[0][2] == "" and float(rows[1][2]) >= 0 and float(rows[2][2]) >= 0
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row[0]) for row in rows)
    assert rows[0][0] < rows[1][0] < rows[2][0]


def test_it_accounts_for_itself():
    process = memtop("batch", "-n", "3", "-d", "0.1", "--format", "json", "-p", os.getpid())
    first, *rest = lines_of(process, "system")
    assert first["self_cpu"] is None and first["self_cputime"] >= 0
    for before, system in zip([first, *rest], rest):
        assert system["self_cpu"] >= 0 and system["self_cputime"] >= before["self_cputime"]
        assert system["self_res"] > 1 << 20


def test_an_interval_too_short_to_read_in_is_stretched_and_told(actor):
    """Each actor has 50,000 pages to look at."""
    for _ in range(4):
        actor("zombie-leader")
    arguments = ["-d", "0.01", "-F", "pid,pss", "--exact", "--format", "json"]
    process = memtop("batch", "-n", "6", *arguments)
    assert len(lines_of(process, "system")) == 6
    told = re.findall(rb"reading takes \S+ s: a block every (\S+) s instead of 0.01\n", process.stderr)
    assert len(told) == 1 and 0.02 <= float(told[0]) <= 0.1
    assert memtop("batch", "-n", "1", *arguments).stderr == b""


def test_pss_is_there_in_each_block_and_tells_its_age(actor):
    pid = actor("memory")
    arguments = ["-n", "6", "-d", "0.1", "--pss-budget", "0.1", "-p", pid, "-F", "pid,pss,pss_age"]
    rows = lines_of(memtop("batch", *arguments, "--format", "json"))
    assert len(rows) == 6 and all(row["pss"] > 24 << 20 for row in rows)
    assert rows[0]["pss_age"] == 0 and rows[-1]["pss_age"] > 0.4
    text = memtop("batch", *arguments).stdout.decode()
    assert [line.split()[1][0] == "~" for line in text.splitlines() if line.split()[:1] == [str(pid)]][-1]


def test_few_descriptors_are_enough():
    process = run("sh", "-c", 'ulimit -n 16; exec "$1" batch -n 3 -d 0.05 --format json', "sh", MEMTOP)
    rows = lines_of(process)
    assert rows and all(row["res"] is not None for row in rows if row["pid"] in (1, 2))


def test_a_kernel_without_pressure_has_none_to_show(mounts):
    words = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs none /proc/pressure && exec "$0" batch -n 1 -F pid -p 1 "$@"']
    if not os.path.exists("/proc/pressure"):
        pytest.skip("this kernel has no pressure that could be hidden")
    text = run(*words, MEMTOP).stdout.decode()
    assert re.search(r"(?m)^Load .* psi some -  full -  ", text)
    assert "hint   psi (/proc/pressure/memory) unknown: No such file or directory (needs CONFIG_PSI" in text
    [system] = [json.loads(line) for line in run(*words, MEMTOP, "--format", "json").stdout.splitlines()
                if json.loads(line)["kind"] == "system"]
    assert all(system[key] is None for key in system if key.startswith("psi_")) and system["total"] > 0
