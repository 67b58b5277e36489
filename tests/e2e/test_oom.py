# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop oom: choom's forms, refusals, previews, and the order in which the kernel really kills."""

import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import MEMTOP, memtop, run, run_over
from memory_cgroup import end, kills_in, start_in

NEVER = 1 << 22  # no pid is so large
MIB = 1 << 20

with_choom = pytest.mark.skipif(not shutil.which("choom"), reason="choom is not installed")
with_setpriv = pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"),
                                  reason="only root can give up rights with setpriv")


def oom(*arguments, **options):
    return memtop("oom", *arguments, **options)


def adjustment(pid):
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


def score(pid):
    return int(Path(f"/proc/{pid}/oom_score").read_text())


def rows(process, kind, status=0):
    assert process.returncode == status, process.stderr
    objects = [json.loads(line) for line in process.stdout.splitlines()]
    return [row for row in objects if row["kind"] == kind]


def says(process, status, *lines):
    """One line on standard error for each cause, and the exit status."""
    assert process.stderr.decode().splitlines() == [f"memtop oom: {line}" for line in lines]
    assert process.returncode == status


# choom's forms: the same effect, output and exit status.


@with_choom
def test_showing_is_choom_byte_for_byte(actor):
    for pid in (1, os.getpid(), actor("memory")):
        ours, theirs = oom("-p", pid), run("choom", "-p", pid)
        assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode)


@with_choom
@pytest.mark.parametrize("value", ["300", "+5", "0", "1000"])
def test_setting_is_choom_byte_for_byte(actor, value):
    pids = [actor("memory"), actor("memory")]
    ours, theirs = oom("-p", pids[0], "-n", value), run("choom", "-p", pids[1], "-n", value)
    assert ours.stdout.replace(b"%d" % pids[0], b"PID") == theirs.stdout.replace(b"%d" % pids[1], b"PID")
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr) == (0, b"")
    assert adjustment(pids[0]) == adjustment(pids[1]) == int(value)


@with_choom
@pytest.mark.parametrize("words", [
    ["-n", "500", "--", "cat", "/proc/self/oom_score_adj"],
    ["-n", "500", "cat", "/proc/self/oom_score_adj"],
    ["--adjust=7", "--", "sh", "-c", "echo $0 $1; exit 9", "a b", "c"],
    ["-n", "500", "--", "no-such-program"],
    ["-n", "500", "--", "/etc/passwd"],
    ["-n", "500", "--", "sh", "-c", "kill -9 $$"],
])
def test_starting_a_command_is_as_with_choom(words):
    ours, theirs = oom(*words), run("choom", *words)
    assert (ours.stdout, ours.returncode) == (theirs.stdout, theirs.returncode)
    assert bool(ours.stderr) == bool(theirs.stderr)


def test_a_command_that_cannot_be_started_has_its_status():
    says(oom("-n", "1", "--", "no-such-program"), 127, "cannot run no-such-program: No such file or directory")
    says(oom("-n", "1", "--", "/etc/passwd"), 126, "cannot run /etc/passwd: Permission denied")
    says(oom("-n", "1", "--", "\x1b[31m"), 127, "cannot run \\x1b[31m: No such file or directory")


def test_a_command_has_the_signals_of_the_caller():
    ignored = oom("-n", "1", "--", "grep", "SigIgn", "/proc/self/status").stdout
    assert ignored == run("grep", "SigIgn", "/proc/self/status").stdout


def test_several_processes_and_those_that_fail(actor):
    pids = sorted([actor("memory"), actor("memory"), actor("memory")])
    process = oom("-p", f"{pids[0]},{NEVER}", "-p", pids[1], "-p", pids[2], "-n", "44")
    says(process, 1, f"cannot set OOM adjustment of {NEVER}: No such process")
    assert process.stdout.decode().splitlines() == [
        f"pid {pid}'s OOM score adjust value changed from 0 to 44" for pid in pids]
    assert [adjustment(pid) for pid in pids] == [44, 44, 44]
    process = oom("-p", f"{NEVER},{pids[0]}")
    says(process, 1, f"cannot read OOM score of {NEVER}: No such process")
    assert f"pid {pids[0]}'s current OOM score adjust value: 44\n" in process.stdout.decode()


# Refusals: the right sentence and status, and nothing changed.


ABOUT_ORDER = "-d, --count, -F, -o, --filter, --top and --cgroup are about the order, not about changes"


@pytest.mark.parametrize("status, arguments, line", [
    (1, ["-p", "PID", "-n", "1001"], "--adjust '1001': not a number from -1000 to 1000"),
    (1, ["-p", "PID", "-n", "-1001"], "--adjust '-1001': not a number from -1000 to 1000"),
    (1, ["-p", "PID", "-n", "abc"], "--adjust 'abc': not a number from -1000 to 1000"),
    (1, ["-p", "PID", "-n", ""], "--adjust '': not a number from -1000 to 1000"),
    (1, ["-p", "PID", "--legacy", "16"], "--legacy '16': not a number from -17 to 15"),
    (1, ["-p", "0", "-n", "5"], "--pid '0': not a process number, at character 1"),
    (1, ["-p", "PID", "-n", "5", "sleep"], "a process and a command exclude each other"),
    (1, ["PID", "-n", "5", "sleep"], "a process and a command exclude each other"),
    (1, ["--", "sleep", "1"], "a command needs the adjustment to start it with (-n)"),
    (1, ["-n", "5"], "-n needs processes (-p) or a command"),
    (1, ["--ajust", "5"], "there is no option --ajust; did you mean --adjust?"),
    (2, ["-p", "PID", "--tree"], "--tree and --dry-run are about changes of processes (-p and -n)"),
    (2, ["-p", "PID", "-n", "5", "--cgroup", "/"], ABOUT_ORDER),
    (2, ["-p", "PID", "-n", "5", "--filter", "java"], ABOUT_ORDER),
    (2, ["-p", "PID", "-n", "5", "-d", "1"], ABOUT_ORDER),
    (2, ["--top", "0"], "--top '0': not a count from 1 to 9223372036854775807"),
    (2, ["--filter", "rank>>1"], "--filter 'rank>>1': '>1' is not a number, at character 6"),
])
def test_a_wrong_command_line_changes_nothing(actor, status, arguments, line):
    pid = actor("memory")
    process = oom(*[str(pid) if word == "PID" else word for word in arguments])
    says(process, status, line + ("" if line.endswith("?") else ";") + " try 'memtop oom --help'")
    assert adjustment(pid) == 0


@with_choom
@pytest.mark.parametrize("words", [
    # show
    "-p PID", "--pid PID", "--pid=PID", "-pPID", "-p +PID", "-p PID -p PID",
    # set
    "-p PID -n 5", "-n 5 -p PID", "-n5 -pPID", "--adjust=5 --pid=PID", "--adj 5 --pi PID", "-p PID -n +5", "-p PID -n 0",
    "-p PID -n 1000", "-p PID -n 5 -n 6", "-p PID -n 007",
    # start
    "-n 5 true", "-n 5 false", "-n 5 -- true", "-n 5 -- sh -c 'exit 9'", "-n 5 -- sh -c 'kill -9 $$'", "-n +5 -- true",
    "-n 5 -- nosuchprogram", "-n 5 nosuchprogram", "-n 5 -- /etc/passwd", "-n 5 -- /", "--adjust=5 true", "-n 5 25412",
    "-n 5 ls -l", "-n 5 sh -c 'exit 9'", "-n 5 true --help", "-n 5 -- true --help", "-n 5 true -V",
    # missing
    "-p", "-n", "--pid", "--adjust", "-n 5", "-n 5 --", "-p PID -n", "-- true", "nosuchprogram",
    # bad numbers
    "-p abc", "-p 1x", "-p ''", "-p 0", "-p -1", "-p 99999999999", "-p abc -n 5", "-p PID -n abc", "-p PID -n ''",
    "-p PID -n 5x", "-p PID -n 1.5", "-p PID -n -", "-n abc true", "-p PID -n --5",
    # out of range
    "-p PID -n 1001", "-p PID -n -1001", "-p PID -n 99999999999", "-n 1001 true", "-n -1001 -- true",
    # both
    "-p PID true", "-p PID -n 5 true", "-p PID -n 5 -- true", "-p PID -- true",
    # no such process
    "-p NEVER", "-p NEVER -n 5",
    # unknown option
    "-x", "--bogus", "-p PID -x", "-p PID --bogus=1", "-n 5 --bogus true", "--help=1", "-n 5 -x -- true",
    # help and version
    "-h", "-V", "--help", "--version", "-p PID -h", "-n 5 -V", "-h -p abc",
])
def test_F18_choom_forms_end_with_the_status_of_choom(actor, words):
    """And an adjustment is changed by both or by neither."""
    ended = []
    for command in (["choom"], [MEMTOP, "oom"]):
        pid = actor("memory")
        typed = [word.replace("PID", str(pid)).replace("NEVER", str(NEVER)) for word in shlex.split(words)]
        process = run(*command, *typed, stdin=subprocess.DEVNULL)
        ended.append((process.returncode, adjustment(pid)))
    assert ended[0] == ended[1]


def test_U6_a_word_before_n_is_a_process_and_one_behind_it_a_command(actor):
    pids = sorted([actor("name", b"memtop-oom"), actor("name", b"memtop-oom")])
    shown = b"".join(oom("-p", pid).stdout for pid in pids)
    for words in (["memtop-oom"], ["-p", "memtop-oom"], [str(pids[0]), str(pids[1])]):
        process = oom(*words)
        assert (process.stdout, process.stderr, process.returncode) == (shown, b"", 0)
    table = rows(oom("memtop-oom", "--format", "json"), "candidate")
    assert sorted(row["pid"] for row in table) == pids
    assert oom("memtop-oom", "-n", "0", "memtop-oom").returncode == 1
    assert oom("-n", "0", "memtop-oom").returncode == 127


def test_U6_of_several_with_a_name_only_the_largest_is_changed_and_told(actor):
    small, large = actor("name", b"memtop-change"), actor("large", b"memtop-change")
    for words in (["memtop-change", "-n", "7"], ["-n", "8", "-p", "memtop-change"]):
        process = oom(*words)
        assert process.returncode == 0 and re.fullmatch(
            rf"memtop oom: 2 processes are called 'memtop-change': taking {large}, the largest \(RES [\d.]+M\)\n",
            process.stderr.decode())
    assert (adjustment(small), adjustment(large)) == (0, 8)


def test_U14_the_order_can_be_repeated_and_sorted():
    process = oom("-d", "0,01", "--count", "3", "--top", "2", "-o", "pid", "-F", "pid,rank", "--format", "json")
    pids = [row["pid"] for row in rows(process, "candidate")]
    assert len(pids) == 6 and pids[0] == pids[2] == pids[4] < pids[1]


def test_a_column_to_sort_by_is_read_also_where_it_is_not_shown(actor):
    """Of processes that stay as they are: another may be the largest of the machine a moment later."""
    small, large = actor("hold", "4"), actor("hold", "40")

    def first(fields):
        process = oom("-o", "uss", "-p", f"{small},{large}", "-F", fields, "--count", "1", "--top", "1",
                      "--format", "json")
        return rows(process, "candidate")[0]

    assert first("pid,uss")["pid"] == first("pid")["pid"] == large


@with_setpriv
def test_lowering_needs_cap_sys_resource(actor):
    pid = actor("memory")
    process = run("setpriv", "--bounding-set", "-sys_resource", MEMTOP, "oom", "-p", pid, "-n", "-500")
    says(process, 1,
         f"cannot set OOM adjustment of {pid}: Permission denied (lowering needs CAP_SYS_RESOURCE)")
    assert adjustment(pid) == 0 and process.stdout == b""
    process = run("setpriv", "--bounding-set", "-sys_resource", MEMTOP, "oom", "-p", pid, "-n", "-500", "--dry-run")
    assert process.returncode == 0 and b"\nlowering may need CAP_SYS_RESOURCE, which this process lacks\n" in process.stdout


@with_setpriv
def test_another_users_process_is_refused(actor):
    pid = actor("memory")
    process = run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
                  MEMTOP, "oom", "-p", pid, "-n", "500")
    says(process, 1, f"cannot set OOM adjustment of {pid}: Permission denied (it is another user's)")
    assert adjustment(pid) == 0


def test_a_process_that_has_ended_is_refused():
    process = subprocess.Popen(["true"])
    process.wait()
    says(oom("-p", process.pid, "-n", "500"), 1, f"cannot set OOM adjustment of {process.pid}: No such process")


def test_T24_a_thread_is_no_process(actor):
    pid = actor("zombie-leader")
    thread = max(int(name) for name in os.listdir(f"/proc/{pid}/task"))
    says(oom("-p", thread, "-n", "500"), 1, f"cannot set OOM adjustment of {thread}: No such process")
    assert adjustment(thread) == 0


def has_kernel_threads():
    """Whether 2 is kthreadd; not so in a PID namespace."""
    try:
        return Path("/proc/2/comm").read_text() == "kthreadd\n"
    except OSError:
        return False


def test_T27_a_kernel_thread_is_refused():
    if not has_kernel_threads():
        pytest.skip("there are no kernel threads here")
    says(oom("-p", "2", "-n", "500"), 1, "cannot set OOM adjustment of 2: it is a kernel thread")
    assert adjustment(2) == 0


# Plans: what is shown before is what is found after.


def test_T36_the_old_scale_is_converted_and_told(actor):
    pid = actor("memory")
    for legacy, value in ((1, 58), (14, 823), (15, 1000)):
        process = oom("-p", pid, "--legacy", legacy)
        says(process, 0, f"{legacy} of the old scale is an adjustment of {value}")
        assert adjustment(pid) == value


@pytest.mark.parametrize("value", [1, 300, 1000])
def test_a_dry_run_shows_what_is_measured_after_the_change(actor, value):
    pid = actor("memory")
    planned = rows(oom("-p", pid, "-n", value, "--dry-run", "--format", "json"), "change")[0]
    assert (adjustment(pid), planned["adj_before"], planned["result"]) == (0, 0, "planned")
    assert planned["oom_before"] == score(pid)
    done = rows(oom("-p", pid, "-n", value, "--format", "json"), "change")[0]
    assert (done["adj_before"], done["adj_after"], done["result"]) == (0, value, "done")
    assert (adjustment(pid), score(pid)) == (value, planned["oom_after"]) == (value, done["oom_after"])
    found = rows(oom("-p", pid, "--format", "json"), "candidate")[0]
    assert (found["badness"], found["oom"]) == (planned["badness_after"], planned["oom_after"])
    if value == 1000:
        assert found["rank"] == planned["rank_after"] == 1 and planned["next_after"] == pid


def test_a_dry_run_in_words(actor):
    pid = actor("hold", "40")
    lines = oom("-p", pid, "-n", "1000", "--dry-run").stdout.decode().splitlines()
    assert lines[0].startswith(f"OOM priority of {pid} actor (user ")
    assert re.fullmatch(r"now  adj     0  score  6[67]\d  badness   4\d\.\dM  rank \d+ of \d+", lines[1])
    assert re.fullmatch(r"new  adj  1000  score 133\d  badness +\d.*  rank 1 of \d+", lines[2])
    assert re.fullmatch(rf"dies first then: {pid} actor \(frees about 4\d\.\dM\)", lines[4])
    assert lines[5] == "children started from then on inherit it; 0 running below keep theirs"
    assert lines[-1] == "nothing was changed" and adjustment(pid) == 0


def test_T31_without_totals_there_is_no_rank_but_a_change(mounts, actor, tmp_path):
    pid = actor("memory")
    (tmp_path / "meminfo").write_text("")
    arguments = ["-p", str(pid), "-n", "77"]
    process = run_over({"/proc/meminfo": tmp_path / "meminfo"}, MEMTOP, "oom", *arguments, "--dry-run")
    lines = process.stdout.decode().splitlines()
    assert re.fullmatch(r"now  adj     0  score  \d+  badness       -  rank -", lines[1])
    assert re.fullmatch(r"new  adj    77  score    -  badness       -  rank -", lines[2])
    process = run_over({"/proc/meminfo": tmp_path / "meminfo"}, MEMTOP, "oom", *arguments)
    assert process.returncode == 0 and adjustment(pid) == 77


def test_a_failure_is_in_the_json_too():
    if not has_kernel_threads():
        pytest.skip("there are no kernel threads here")
    process = oom("-p", "2", "-n", "5", "--format", "json")
    row = rows(process, "change", status=1)[0]
    assert row["result"] == "it is a kernel thread" and row["adj_after"] == row["adj_before"] == 0


@pytest.fixture
def tree():
    """A shell with two children, one of which has one."""
    script = "sh -c 'sleep 600 & echo; wait' & sleep 600 & echo; wait"
    process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    for _ in range(2):
        process.stdout.readline()
    yield process.pid
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def below(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(pid)] + [found for child in children for found in below(child)]


def test_a_tree_is_changed_as_a_whole(tree):
    members = below(tree)
    assert len(members) == 4
    text = oom("-p", tree, "-n", "9", "--dry-run").stdout.decode()
    assert "3 running below keep theirs (--tree changes them)" in text
    assert oom("-p", tree, "-n", "9").returncode == 0
    assert [adjustment(pid) for pid in members] == [9, 0, 0, 0]
    planned = rows(oom("-p", tree, "-n", "8", "--tree", "--dry-run", "--format", "json"), "change")
    process = oom("-p", tree, "-n", "8", "--tree")
    assert {row["pid"] for row in planned} == set(members) and len(process.stdout.splitlines()) == 4
    assert [adjustment(pid) for pid in members] == [8] * 4


def test_csv_has_a_line_for_each_change(actor):
    pid = actor("memory")
    output = oom("-p", pid, "-n", "3", "--format", "csv").stdout.decode()
    heading, row = csv.reader(io.StringIO(output, newline=""))
    assert dict(zip(heading, row))["adj_after"] == "3" and "result" in heading


def test_each_change_is_a_line_in_the_system_log(actor, tmp_path):
    pid = actor("name", b"a\x1b[31m\nb")
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(str(tmp_path / "log"))
    log.settimeout(10)
    script = f"mount -t tmpfs none /dev && ln -s {tmp_path}/log /dev/log && exec \"$@\""
    process = run("unshare", "-rm", "sh", "-c", script, "sh", MEMTOP, "oom", "-p", pid, "-n", "12")
    if b"mount" in process.stderr or b"unshare" in process.stderr:
        pytest.skip("/dev cannot be replaced here")
    assert process.returncode == 0, process.stderr
    line = log.recv(4096).decode()
    log.close()
    assert line.startswith("<85>")  # authpriv.notice
    assert re.search(r"memtop\[\d+\]: user \S+ \(0\) changed the OOM adjustment of "
                     rf"{pid} \(a\\x1b\[31m\\nb\) from 0 to 12", line)


# The order.


def test_the_order_is_a_prediction_with_reasons(actor):
    for _ in range(5):
        actor("hold", "1")
    process = oom("--top", "5")
    head, table = process.stdout.decode().split("\n\n")  # of hints and own limits there may be lines too
    titles, *lines = table.splitlines()
    assert re.fullmatch(r"Who dies first, a prediction: the machine, memory and swap \S+", head.splitlines()[0])
    assert titles.split()[:3] == ["RANK", "PID", "USER"] and len(lines) == 5
    assert [int(line.split()[0]) for line in lines] == [1, 2, 3, 4, 5]


def test_protected_processes_come_last_and_say_why():
    process = oom("--format", "json", "-F", "rank,pid,badness,protection")
    candidates = rows(process, "candidate")
    ranked = [row for row in candidates if row["rank"] is not None]
    assert candidates[:len(ranked)] == ranked and [row["rank"] for row in ranked] == sorted(row["rank"] for row in ranked)
    assert all(row["protection"] is None for row in ranked)
    weighed = {row["rank"] for row in ranked if row["badness"] is not None}
    assert weighed == {row["rank"] for row in ranked}  # of those that die together not all are compared
    init = [row for row in candidates if row["pid"] == 1][0]
    assert (init["rank"], init["protection"]) == (None, "init") or init["rank"] is not None
    assert not [row for row in candidates if row["protection"] == "kernel thread"]
    system = rows(process, "system")[0]
    assert system["oom_scope"] == "machine" and system["oom_total"] == system["total"] + system["swap_total"]
    assert system["panic_on_oom"] == int(Path("/proc/sys/vm/panic_on_oom").read_text())


@pytest.mark.parametrize("name, value, sentence", [
    ("panic_on_oom", "1", b"vm.panic_on_oom is set: the machine stops, and no process is killed"),
    ("oom_kill_allocating_task", "1",
     b"vm.oom_kill_allocating_task is set: the process that asks for memory is killed, whatever the order"),
])
def test_settings_that_make_the_order_meaningless_are_told(mounts, tmp_path, name, value, sentence):
    (tmp_path / name).write_text(value + "\n")
    script = f"mount --bind {tmp_path}/{name} /proc/sys/vm/{name} && exec \"$@\""
    process = run("unshare", "-rm", "sh", "-c", script, "sh", MEMTOP, "oom", "--top", "1")
    assert b"\nwarning: " + sentence + b"\n" in process.stdout
    process = run("unshare", "-rm", "sh", "-c", script, "sh", MEMTOP, "oom", "--top", "1", "--format", "json")
    assert process.stderr == b"memtop oom: warning: " + sentence + b"\n"
    assert rows(process, "system")[0][name] == 1


def test_T29_hostile_names_stay_in_their_line(actor):
    pid = actor("name", b"\x1b[2J\n)x")
    oom("-p", pid, "-n", "1000")
    for arguments in (["--top", "3", "-F", "rank,pid,comm"], ["-p", pid, "-n", "999", "--dry-run"]):
        text = oom(*arguments).stdout
        assert b"\x1b" not in text and b"\\x1b[2J\\n)x" in text


def test_T26_a_zombie_leader_is_ranked_by_what_its_threads_hold(actor):
    pid = actor("zombie-leader")
    row = rows(oom("-p", pid, "--format", "json", "-F", "badness,rank,protection,oom,oomres"), "candidate")[0]
    assert row["badness"] > 200 * MIB and row["rank"] >= 1 and row["protection"] is None
    assert row["oom"] == score(pid) > 666
    if tuple(map(int, os.uname().release.split(".")[:2])) < (7, 0):
        assert row["oomres"] > 200 * MIB  # F6


def test_the_top_of_chosen_processes(actor):
    pids = actor("memory"), actor("memory")
    process = oom("-p", f"{pids[0]},{pids[1]}", "--top", "1", "--format", "json")
    assert len(rows(process, "candidate")) == 1


def test_the_path_of_a_cgroup_may_be_written_in_several_ways(actor):
    with group_of_128_mib() as group:
        process = start_in(group, "hold", 1)
        try:
            path = next(row["cgroup"] for row in rows(oom("--format", "json", "-F", "pid,cgroup"), "candidate")
                        if row["pid"] == process.pid)
            for way in (path, path[1:], path + "/", "//" + path[1:], group):
                answer = oom("--cgroup", way, "--format", "json", "-F", "pid")
                assert [row["pid"] for row in rows(answer, "candidate")] == [process.pid], way
                assert rows(answer, "system")[0]["oom_scope"] == path
        finally:
            end(process)


def test_a_cgroup_that_does_not_exist_is_an_error():
    process = oom("--cgroup", "/no/such\x1b")
    says(process, 1, "cannot read the memory cgroup '/no/such\\x1b': No such file or directory")
    assert process.stdout == b""


# The kernel's own order: a group of 128 MiB, and a process that fills it from outside of itself.

# What each of the six holds, in MiB, and its adjustment. One thousandth is 0.128 MiB here.
VICTIMS = [(30, 0), (10, 300), (20, 50), (8, 200), (16, 0), (6, 0)]


def memory_mount():
    """(version, folder of this process's own memory cgroup)."""
    found = None
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ")
        kind, _, options = right.split(" ")
        if kind == "cgroup" and "memory" in options.split(","):
            found = 1, left.split()[4]
        if kind == "cgroup2" and not found:
            found = 2, left.split()[4]
    if not found:
        pytest.skip("there is no memory controller")
    own = ""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if (found[0] == 1 and "memory" in controllers.split(",")) or (found[0] == 2 and not controllers):
            own = path
    return found[0], Path(found[1] + own.rstrip("/"))


@contextlib.contextmanager
def group_of_128_mib():
    version, own = memory_mount()
    group = (own if version == 1 or own.is_mount() else own.parent) / f"memtop-test-{os.getpid()}"
    settings = {1: {"memory.limit_in_bytes": 128 * MIB, "memory.swappiness": 0},
                2: {"memory.max": 128 * MIB, "memory.swap.max": 0}}[version]
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no memory cgroup can be made here: {error.strerror}")
    try:
        try:
            for name, value in settings.items():
                (group / name).write_text(str(value))
        except OSError as error:
            pytest.skip(f"the memory cgroup cannot be limited here: {error.strerror}")
        yield group
    finally:
        for _ in range(100):
            with contextlib.suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.05)


def killed_by_filling(group, pusher, victims):
    """Appends to the file until all victims are dead; the pids that died of each step, in order.

    Who has been killed may take a while to end, so each death is waited for before the next step. Of two
    that one step killed, the one killed first may end last.
    """
    steps, left = [], list(victims)
    for _ in range(200):
        pusher.stdin.write(b"\n")
        pusher.stdin.flush()
        alive = pusher.stdout.readline() == b"more\n"
        end, dead = time.monotonic() + 30, []
        while left and len(victims) - len(left) < kills_in(group) and time.monotonic() < end:
            dead += [process.pid for process in left if process.poll() == -signal.SIGKILL]
            left = [process for process in left if process.pid not in dead]
        steps += [dead] if dead else []
        if not alive or not left:
            break
    return steps


def test_the_order_is_that_in_which_a_memory_cgroup_is_killed(tmp_path):
    file = Path("/dev/shm") / f"memtop-test-{os.getpid()}"
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("there is no tmpfs to fill")
    with group_of_128_mib() as group:
        started = []
        try:
            victims = [start_in(group, "hold", size) for size, _ in VICTIMS]
            started += victims
            for process, (_, value) in zip(victims, VICTIMS):
                assert oom("-p", process.pid, "-n", value).returncode == 0
            pusher = start_in(group, "push", file)
            started.append(pusher)
            process = oom("--cgroup", group, "--format", "json")
            predicted = [row["pid"] for row in rows(process, "candidate")]
            assert rows(process, "system")[0]["oom_total"] == 128 * MIB
            assert set(predicted) == {process.pid for process in started} and predicted[-1] == pusher.pid
            by_machine = [row["pid"] for row in rows(oom("--format", "json"), "candidate")
                          if row["pid"] in predicted]
            assert by_machine != predicted  # T39: the scope changes the order
            steps = killed_by_filling(group, pusher, victims)
            assert len(steps) > 1  # one step may kill two: memory of the first may not be free yet
            for dead in steps:
                assert set(dead) == set(predicted[:len(dead)])
                del predicted[:len(dead)]
            assert predicted == [pusher.pid]
        finally:
            for process in started:
                end(process)
            file.unlink(missing_ok=True)
