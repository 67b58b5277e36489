# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop oom --cgroup: limits of groups above one, namespaces, and who really dies by them."""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import MEMTOP, memtop, run
from memory_cgroup import end, kills_in, memory_cgroup, memory_mount, start_in

MIB = 1 << 20
ROUNDS = range(5)


def predict(group, columns="rank,pid"):
    """(system, candidates) of who would die first by the limits that the group is below."""
    process = memtop("oom", "--cgroup", group, "--format", "json", "-F", columns)
    assert process.returncode == 0, process.stderr
    rows = [json.loads(line) for line in process.stdout.splitlines()]
    return rows[0], [row for row in rows if row["kind"] == "candidate"]


def remove(folder):
    """Who has been killed may take a while to end."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.05)


@contextlib.contextmanager
def limited(limit, *names):
    """A group with a limit and groups in it that have none: (group, folders)."""
    with memory_cgroup(limit) as group:
        folders = [group.folder / name for name in names]
        try:
            for folder in folders:
                folder.mkdir()
            yield group, folders
        finally:
            for folder in folders:
                remove(folder)


@contextlib.contextmanager
def running(*starts):
    """Actors in groups, ended with the block."""
    started = []
    try:
        for folder, *words in starts:
            started.append(start_in(folder, *words))
        yield started
    finally:
        for process in started:
            end(process)


def first_killed(folders, pusher, victims):
    """
    Fills the pusher's group with what nobody's death frees, until somebody is killed: who that was.
    On a busy machine the kernel may give up waiting for the memory of one and kill the next, in the
    end the pusher itself.
    """
    count = 0
    for _ in range(200):
        pusher.stdin.write(b"\n")
        pusher.stdin.flush()
        answer = pusher.stdout.readline()
        count = sum(kills_in(folder) for folder in folders)
        if count > 0:
            break
        assert answer == b"more\n"
    limit = time.monotonic() + 60
    while True:
        dead = [process.pid for process in (*victims, pusher) if process.poll() == -signal.SIGKILL]
        if len(dead) >= count > 0 or time.monotonic() > limit:
            return dead
        time.sleep(0.02)


@pytest.fixture
def file():
    """A file in memory that can be filled."""
    path = Path("/dev/shm") / f"memtop-test-{os.getpid()}"
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("there is no tmpfs to fill")
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.parametrize("turn", ROUNDS)
def test_F1_who_is_killed_by_the_limit_of_an_ancestor_was_first(file, turn):
    sizes = 10 + 3 * turn, 28 - 3 * turn
    with limited(96 * MIB, "a", "b", "c") as (group, folders), \
            running((folders[0], "hold", sizes[0]), (folders[1], "hold", sizes[1]),
                    (folders[2], "push", file)) as (*victims, pusher):
        for folder in folders[:2]:
            system, candidates = predict(f"{group.path}/{folder.name}")
            assert system["oom_asked"] == f"{group.path}/{folder.name}" and system["oom_scope"] == group.path
            assert system["oom_limit"] == 96 * MIB and 0 < system["oom_headroom"] < (96 - sum(sizes)) * MIB
            assert {row["pid"] for row in candidates} == {process.pid for process in (*victims, pusher)}
        dead = first_killed(folders, pusher, victims)
        assert dead and set(dead) == {row["pid"] for row in candidates[:len(dead)]}


@pytest.mark.parametrize("turn", ROUNDS)
def test_F5_who_has_lost_the_first_thread_is_first_and_killed(file, turn):
    with limited(96 * MIB, "a", "b") as (group, folders), \
            running((folders[0], "zombie-leader", 21 + turn), (folders[1], "hold", 20),
                    (folders[1], "push", file)) as (*victims, pusher):
        candidates = predict(f"{group.path}/a", "rank,pid,cgroup,oomres,badness")[1]
        assert candidates[0]["pid"] == victims[0].pid and candidates[0]["cgroup"] == f"{group.path}/a"
        assert candidates[0]["badness"] > (21 + turn) * MIB
        dead = first_killed(folders, pusher, victims)
        assert dead and set(dead) == {row["pid"] for row in candidates[:len(dead)]}


def children_of(pid):
    fields = [re.sub(r"\(.*\)", "x", path.read_text()).split() for path in Path("/proc").glob("[0-9]*/stat")]
    return [int(field[0]) for field in fields if int(field[3]) == pid]


def has_ended(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    return True


def test_F14_a_vfork_child_dies_with_whom_it_shares_memory(file):
    with limited(96 * MIB, "a", "b") as (group, folders), \
            running((folders[0], "vfork", 30), (folders[1], "hold", 10),
                    (folders[1], "push", file)) as (*victims, pusher):
        (child,) = children_of(victims[0].pid)
        candidates = predict(f"{group.path}/a", "rank,pid,protection")[1]
        assert {row["pid"] for row in candidates if row["rank"] == 1} == {victims[0].pid, child}
        assert all(row["protection"] is None for row in candidates)
        assert first_killed(folders, pusher, victims)[:1] == [victims[0].pid]
        limit = time.monotonic() + 60
        while not has_ended(child):
            assert time.monotonic() < limit
            time.sleep(0.02)


def set_limit(group, folder, limit):
    (folder / ("memory.limit_in_bytes" if group.version == 1 else "memory.max")).write_text(str(limit))


def hits(folder):
    """How often the limit of this group itself was reached."""
    if (folder / "memory.failcnt").exists():
        return int((folder / "memory.failcnt").read_text())
    return int(re.search(r"(?m)^max (\d+)$", (folder / "memory.events.local").read_text())[1])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_limit_that_kills_is_the_one_that_groups_name(file, place):
    with memory_cgroup(1 << 40) as group:
        levels = [group.folder, group.folder / "a", group.folder / "a" / "b"]
        beside = [group.folder / "other", group.folder / "a" / "other"]
        made = [*levels[1:], *beside]
        try:
            for folder in made:
                folder.mkdir()
                if group.version == 2 and folder == levels[1]:
                    (group.folder / "cgroup.subtree_control").write_text("+memory")
                    (folder / "cgroup.subtree_control").write_text("+memory")
            set_limit(group, levels[place], 96 * MIB)
            with running((beside[0], "hold", 30), (beside[1], "hold", 20), (levels[2], "push", file)) as started:
                *holders, pusher = started
                first = [*holders, pusher][place]
                path = f"{group.path}/a/b"
                named = f"{group.path}{['', '/a', '/a/b'][place]}"
                columns = "name,limited_by,effective,headroom,full"
                process = memtop("groups", "--by", "cgroup", "--format", "json", "-F", columns, "--filter", f"name='{path}'")
                (row,) = [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "group"]
                assert row["limited_by"] == named and row["effective"] == 96 * MIB
                held = sum([30, 20, 0][place:])
                assert (96 - held - 20) * MIB < row["headroom"] < (96 - held) * MIB
                assert row["full"] == pytest.approx(100 - row["headroom"] / (96 * MIB) * 100, abs=0.1)
                assert predict(path)[1][0]["pid"] == first.pid
                before = [hits(folder) for folder in levels]
                assert first.pid in first_killed([*levels, *beside], pusher, holders)
                assert [hits(folder) > count for folder, count in zip(levels, before)] == [i == place for i in range(3)]
        finally:
            for folder in (levels[2], *reversed(beside), levels[1]):
                remove(folder)


def test_the_head_says_within_which_ancestor():
    with limited(96 * MIB, "a") as (group, (folder,)), running((folder, "hold", 1)):
        head = memtop("oom", "--cgroup", f"{group.path}/a", "--top", "1").stdout.decode().splitlines()[0]
        assert re.fullmatch(rf"Who dies first, a prediction: memory cgroup {group.path}/a, would be killed within {group.path} "
                            r"\(96\.0M\), its ancestor, with swap \S+", head)


def test_a_group_below_no_limit_has_the_order_of_the_machine():
    with memory_cgroup("-1" if (memory_mount() or (None, 1))[1] == 1 else "max") as group, \
            running((group.folder, "hold", 1)) as (process,):
        system, candidates = predict(group.path)
        assert system["oom_asked"] == group.path
        assert system["oom_scope"] == "machine" and system["oom_limit"] is None
        assert {process.pid, os.getpid()} <= {row["pid"] for row in candidates}


# Namespaces. memtop itself must fit into the group, also where it is built with a sanitizer.


def in_namespace(folder, script, options="-C"):
    """Runs a shell script in a group and in a cgroup namespace that begins there."""
    enter = f'echo $$ >{folder}/cgroup.procs && exec unshare {options} sh -c {shlex.quote(script)}'
    return run("sh", "-c", enter)


@pytest.fixture(scope="module")
def namespaces():
    if run("unshare", "-C", "-m", "true").returncode != 0:
        pytest.skip("cgroup namespaces cannot be made here")


def test_F3_a_namespace_does_not_change_the_names_of_groups_mounted_outside(namespaces):
    columns = "--format json -F pid,cgroup,unit -p"
    with limited(1024 * MIB, "a", "b") as (group, (inner, other)), \
            running((inner, "hold", 1), (other, "hold", 1)) as processes:
        pids = f"1,{','.join(str(process.pid) for process in processes)}"
        answers = [[json.loads(line)["cgroup"] for line in process.stdout.splitlines() if b'"process"' in line]
                   for process in (in_namespace(inner, f"exec {MEMTOP} batch -n 1 {columns} {pids}"),
                                   run(MEMTOP, "batch", "-n", "1", *columns.split(), pids))]
        assert answers[0] == answers[1] and {f"{group.path}/a", f"{group.path}/b"} <= set(answers[0])
        process = in_namespace(inner, f"exec {MEMTOP} oom --cgroup {group.path}/b --top 1 --format json")
        assert json.loads(process.stdout.splitlines()[0])["oom_scope"] == group.path


def mount_again(folder):
    """What mounts the groups anew, as a container does, in the place of the mount from outside."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ")
        kind, _, options = right.split(" ")
        if str(folder).startswith(left.split()[4] + "/") and kind.startswith("cgroup"):
            place = left.split()[4]
            options = "-o memory" if kind == "cgroup" else ""
            return f"umount {place} && mount -t {kind} {options} none {place}"
    return pytest.skip("the groups are not mounted")


def asked_inside(folder, *arguments, command="oom"):
    words = shlex.join(map(str, (MEMTOP, command, *arguments)))
    process = in_namespace(folder, f"{mount_again(folder)} || exit 77; exec {words}", "-C -m")
    if process.returncode == 77:
        pytest.skip("control groups cannot be mounted here")
    assert process.returncode == 0, process.stderr
    return process.stdout.decode().splitlines()


def test_F2_the_root_of_a_namespace_has_its_own_limit(namespaces):
    with limited(1024 * MIB) as (group, _):
        folder = group.folder
        system = json.loads(asked_inside(folder, "--cgroup", "/", "--format", "json")[0])
        assert (system["oom_scope"], system["oom_limit"], system["oom_hidden"]) == ("/", 1024 * MIB, 1)
        head, note, *_ = asked_inside(folder, "--cgroup", "/", "--top", "1")
        assert head.startswith("Who dies first, a prediction: memory cgroup /, with swap ")
        assert note == "Limits of the groups above / are not visible from here: a lower one may apply."
        note = asked_inside(folder, "--top", "1")[1]
        assert note == "A limit of 1.0G applies to memtop's own memory cgroup /: --cgroup shows who dies there."


def test_a_limit_that_applies_to_memtop_itself_stands_in_the_totals(namespaces):
    with limited(1024 * MIB, "a") as (group, (folder,)):
        system = json.loads(asked_inside(group.folder, "-n", "1", "--format", "json", command="batch")[0])
        assert (system["own_cgroup"], system["own_limit"], system["own_limit_cgroup"]) == ("/", 1024 * MIB, "/")
        assert 900 * MIB < system["own_headroom"] <= 1024 * MIB
        text = "\n".join(asked_inside(group.folder, "-n", "1", command="batch"))
        assert re.search(r"(?m)^Limit  of memtop itself [\d.]+[MG] left of 1\.0G in /$", text)


def test_K4_version_1_tells_of_a_limit_above_the_namespace(namespaces):
    with limited(1024 * MIB, "a") as (group, (folder,)):
        if not (folder / "memory.limit_in_bytes").exists():
            pytest.skip("control groups of version 2 do not tell it")
        system = json.loads(asked_inside(folder, "--cgroup", "/", "--format", "json")[0])
        assert (system["oom_scope"], system["oom_limit"]) == ("hidden", 1024 * MIB)
        assert "killed by a limit above what is visible from here" in asked_inside(folder, "--cgroup", "/")[0]
        text = "\n".join(asked_inside(folder, "-n", "1", command="batch"))
        assert re.search(r"(?m)^Limit  of memtop itself at most [\d.]+[MG] left of 1\.0G above what is visible$", text)
        head = asked_inside(folder, "--cgroup", command="free")[0]
        assert head == "Memory cgroup /, a limit of 1.0G above what is visible"
