# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop groups: what processes hold together, each page once."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from charge_files import FIGURES
from conftest import FIXTURES, MEMTOP, memtop, run, run_over
from forks import COW_PROGRAM, FORKS, cow, pss_of  # noqa: F401: a fixture
from memory_cgroup import end, kills_in, memory_cgroup, start_in
from screen_in_tmux import terminal  # noqa: F401: a fixture
from screen_on_pty import wait_until

KINDS = ["program", "user", "unit", "cgroup", "container", "pod"]


def groups(*arguments):
    process = memtop("groups", "--format", "json", *arguments)
    assert process.returncode == 0, process.stderr
    return [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "group"]


def processes(*columns):
    process = memtop("batch", "-n", "1", "--format", "json", "-F", ",".join(("pid", *columns)))
    rows = map(json.loads, process.stdout.splitlines())
    return {row["pid"]: row for row in rows if row["kind"] == "process"}


def test_forks_that_share_their_memory_count_it_once(cow):
    rows = groups("--by", "program", "-F", "name,processes,known,footprint,anon,sum", "--filter", f"name={COW_PROGRAM}")
    assert [(row["processes"], row["known"], row["sum"]) for row in rows] == [(FORKS + 1, FORKS + 1, "PSS")]
    assert rows[0]["footprint"] == pytest.approx(pss_of(cow) * (1 << 20), rel=0.01)
    assert 0.8 * rows[0]["footprint"] < rows[0]["anon"] <= rows[0]["footprint"]


def test_a_tree_has_what_descends_from_a_process(cow):
    rows = {row["root"]: row for row in groups("--by", "tree", "-F", "root,name,depth,processes,known,footprint,sum")}
    parent, *forks = (rows[pid] for pid in cow)
    assert (parent["name"], parent["processes"], parent["known"], parent["sum"]) == (COW_PROGRAM, len(cow), len(cow), "PSS")
    assert parent["footprint"] == pytest.approx(pss_of(cow) * (1 << 20), rel=0.01)
    assert all((row["processes"], row["depth"]) == (1, parent["depth"] + 1) for row in forks)
    assert sum(row["footprint"] for row in forks) < parent["footprint"]
    assert rows[cow[0]]["depth"] > 0  # below this test
    deepest = [row["depth"] for row in groups("--by", "tree", "--depth", "0", "-F", "depth")]
    assert deepest and set(deepest) == {0}


@pytest.mark.parametrize("kind", KINDS)
def test_each_process_is_in_one_group(cow, kind):
    """Others start and end meanwhile: those of the test are there all the time."""
    rows = groups("--by", kind, "-F", "name,path,by,processes,footprint,sum")
    assert len({(row["name"], row["path"]) for row in rows}) == len(rows) and {row["by"] for row in rows} == {kind}
    column = {"program": "command"}.get(kind, kind)
    name = processes(column)[cow[0]][column]
    if kind == "program":
        name = name.split()[0]
    [own] = [row for row in rows if row["name"] == name]
    assert own["processes"] >= len(cow)


def of_tree(*words, mounted={"/proc": FIXTURES / "server"}):
    """What is said of the tree of test files, in which nothing moves."""
    process = run_over(mounted, MEMTOP, *words, "--format", "json")
    assert process.returncode == 0, process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_all_groupings_have_the_same_sum():
    held = [row for row in of_tree("batch", "-n", "1", "-F", "pid,pss,res") if row["kind"] == "process"]
    total = sum(row["res"] if row["pss"] is None else row["pss"] for row in held if row["res"])
    assert total > 1 << 30
    for kind in (*KINDS, "tree"):
        rows = of_tree("groups", "--by", kind, "-F", "name,footprint,depth")
        rows = outermost([row for row in rows if row["kind"] == "group"])
        assert sum(row["footprint"] for row in rows) == total


ID = "0123456789abcdef" * 4
OTHER_ID = ID[::-1]
UID = "7d4424e6-bb13-4b2c-9d0e-aabbccddeeff"
PODS = f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{UID.replace('-', '_')}.slice"


@pytest.fixture
def containers(tmp_path, mounts):
    """Processes in containers, and the files that name these: folders to mount over those of the machine."""
    shutil.copytree(FIXTURES / "server", tmp_path / "proc", symlinks=True)
    cgroups = {
        400: f"/docker/{ID}",
        500: f"/system.slice/docker-{OTHER_ID}.scope/system.slice/ssh.service",
        600: f"{PODS}/cri-containerd-{ID}.scope",
        700: "/lxc.payload.web/system.slice/ssh.service",
    }
    for pid, path in cgroups.items():
        for file in (tmp_path / "proc" / str(pid)).rglob("cgroup"):  # also of threads
            file.write_text(f"0::{path}\n")
    for container in ID, OTHER_ID:
        folder = tmp_path / "lib" / "docker" / "containers" / container
        folder.mkdir(parents=True)
        (folder / "config.v2.json").write_text(json.dumps({"ID": container, "Name": "/we\x1b[31mb"}))
    (tmp_path / "log" / "pods" / f"shop_web-1_{UID}").mkdir(parents=True)
    return {"/proc": tmp_path / "proc", "/var/lib": tmp_path / "lib", "/var/log": tmp_path / "log"}


def test_processes_have_the_names_of_their_container_and_pod(containers):
    rows = of_tree("batch", "-n", "1", "-F", "pid,container,container_path,pod,pod_path,unit", mounted=containers)
    found = {row["pid"]: row for row in rows if row["kind"] == "process"}
    assert {pid: found[pid]["container"] for pid in (1, 400, 500, 600, 700)} == {
        1: None, 400: "we\x1b[31mb", 500: "we\x1b[31mb", 600: "we\x1b[31mb", 700: "web"}
    assert {pid: found[pid]["pod"] for pid in (1, 400, 600)} == {1: None, 400: None, 600: "shop/web-1"}
    assert found[600]["pod_path"] == PODS.removesuffix(".slice")
    assert found[500]["container_path"] == f"/system.slice/docker-{OTHER_ID}.scope"
    assert (found[500]["unit"], found[700]["unit"]) == (f"docker-{OTHER_ID}.scope", None)


def test_containers_of_one_name_are_not_merged(containers):
    rows = of_tree("groups", "--by", "container", "-F", "name,path,by,processes", mounted=containers)
    found = {row["path"]: row["name"] for row in rows if row["kind"] == "group"}
    assert found == {
        None: None,
        f"/docker/{ID}": "we\x1b[31mb",
        f"/system.slice/docker-{OTHER_ID}.scope": "we\x1b[31mb",
        f"{PODS}/cri-containerd-{ID}.scope": "shop/web-1/we\x1b[31mb",
        "/lxc.payload.web": "web",
    }
    rows = of_tree("groups", "--by", "pod", "-F", "name,processes", mounted=containers)
    assert {row["name"] for row in rows if row["kind"] == "group"} == {None, "shop/web-1"}


def test_a_name_in_text_has_no_escapes(containers):
    text = run_over(containers, MEMTOP, "groups", "--by", "container").stdout
    assert rb"we\x1b[31mb" in text and b"\x1b" not in text


def test_without_files_the_short_id_is_shown(containers):
    """A FIFO does not block, and is no file with names."""
    for container in ID, OTHER_ID:
        file = containers["/var/lib"] / "docker" / "containers" / container / "config.v2.json"
        file.unlink()
        os.mkfifo(file)
    shutil.rmtree(containers["/var/log"] / "pods")
    rows = of_tree("groups", "--by", "container", "-F", "name", mounted=containers)
    assert {row["name"] for row in rows if row["kind"] == "group"} == {None, ID[:12], OTHER_ID[:12], "web"}
    rows = of_tree("groups", "--by", "pod", "-F", "name", mounted=containers)
    assert {row["name"] for row in rows if row["kind"] == "group"} == {None, UID}


@pytest.mark.parametrize("kind, presses, name", [("container", 4, "00ff00ff"), ("pod", 5, UID[:8])])
def test_enter_shows_the_processes_of_a_container_or_pod(terminal, containers, kind, presses, name):
    """Where the path is too long for the line of the filter its end is enough."""
    path = f"/{'x' * 100}.slice{PODS}/cri-containerd-{'00ff' * 16}.scope"
    (containers["/proc"] / "600" / "cgroup").write_text(f"0::{path}\n")
    terminal.start("120x24", {}, tree=containers["/proc"])
    terminal.wait_for_text(" 600 ", " 500 ", " 400 ")
    terminal.type("2", *["b"] * presses)
    terminal.wait_for_text(f"By {kind}", name)
    terminal.type("/", f"={name}", "Enter", "Enter")
    terminal.wait_for_text(f"filter {kind}_path~", " 600 ")
    assert " 500 " not in terminal.capture()


def outermost(rows):
    """Each cgroup has the figures of those below it: the outermost ones are the whole. Others have no depth."""
    least = min(row["depth"] or 0 for row in rows)
    return [row for row in rows if (row["depth"] or 0) == least]


@pytest.fixture
def sleepers():
    """Three processes of one program, which has a name of its own."""
    name = f"sleeper-{os.getpid()}"
    started = [subprocess.Popen([name, "1000"], executable="/usr/bin/sleep") for _ in range(3)]
    yield name, started
    for process in started:
        process.kill()
        process.wait()


def open_group(terminal, name, started):
    """Only these processes are read, so that the group is the only row."""
    pids = ",".join(str(process.pid) for process in started)
    terminal.run("100x24", {}, MEMTOP, "--no-config", "-d", "0.3", "-p", pids)
    terminal.wait_for_text("COMMAND")
    terminal.type("2")
    terminal.wait_for_text("By program", name)


def test_a_signal_goes_to_all_processes_of_a_group_after_a_question(terminal, sleepers):
    name, started = sleepers
    open_group(terminal, name, started)
    terminal.type("k", "Enter")
    terminal.wait_for_text(f"Send SIGTERM to {name} (3 processes)? y/n")
    assert all(process.poll() is None for process in started)
    terminal.type("y")
    assert [process.wait(30) for process in started] == [-15] * 3


def test_the_oom_priority_of_all_processes_of_a_group_is_changed(terminal, sleepers):
    name, started = sleepers
    open_group(terminal, name, started)
    terminal.type("a")
    terminal.wait_for_text(f"OOM priority of {name} (3 processes)", f"{started[-1].pid} ")
    terminal.type("m", "Enter")
    files = [Path(f"/proc/{process.pid}/oom_score_adj") for process in started]
    wait_until(lambda: all(int(file.read_text()) >= 300 for file in files))


def test_a_sum_that_is_a_bound_says_so(cow):
    """Without the right to read PSS each RES counts."""
    words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    options = ["--by", "program", "--format", "json", "-F", "name,processes,known,footprint,sum,anon"]
    process = run(*words, MEMTOP, "groups", *options)
    rows = [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "group"]
    bounds = [row for row in rows if row["known"] < row["processes"]]
    assert bounds and all(row["sum"] == "at most" and row["anon"] is None for row in bounds)


def test_the_text_has_the_largest_first():
    lines = memtop("groups", "--by", "program", "-e", "b").stdout.decode().splitlines()
    assert lines[0].startswith("Groups by program: what their processes hold, each page once  ")
    held, total, kernel, free = map(int, re.fullmatch(
        r"(?:at most )?(\d+) in processes, (?:at least )?\d+ of (\d+) in none: kernel (\d+), free (\d+), "
        r"the rest mostly page cache", lines[1]).groups())
    assert held + free < total and kernel + free < total and free > 0
    assert lines[3].split() == ["FOOTPRINT", "%MEM", "PROCS", "ANON", "FILE", "SHARED", "SWAP", "SUM", "NAME"]
    sizes = [int(size) for size in re.findall(r"(?m)^ *~?(\d+) ", "\n".join(lines[4:]))]
    assert len(sizes) > 2 and sizes == sorted(sizes, reverse=True)


def test_a_wrong_kind_is_one_clear_line():
    process = memtop("groups", "--by", "color")
    assert process.returncode == 2 and not process.stdout
    [line] = process.stderr.decode().splitlines()
    assert "not one of program, user, unit, cgroup, container, pod, tree;" in line


def make_below(group, name):
    """A group below that of the test. With version 2 the controller must be given on."""
    folder = group.folder / name
    if group.version == 2:
        group.write("cgroup.subtree_control", "+memory")
    folder.mkdir()
    return folder


def cgroups(group, *columns):
    """The rows of the test's group and of those below it, by the end of the name."""
    rows = groups("--by", "cgroup", "-F", ",".join(("name", "depth", *columns)))
    rows = [row for row in rows if row["name"] and row["name"].startswith(group.path)]
    return {row["name"].removeprefix(group.path): row for row in rows}


@pytest.fixture
def filled():
    """A group with a limit, and two below it with processes that hold 20 and 5 MiB."""
    with memory_cgroup(64 << 20) as group:
        folders, actors = [], []
        try:
            for name, size in (("one", 20), ("two", 5)):
                folders.append(make_below(group, name))
                actors.append(start_in(folders[-1], "hold", size))
            yield group
        finally:
            for actor in actors:
                end(actor)
            for folder in folders:
                folder.rmdir()


def test_K15_each_figure_of_a_cgroup_is_that_of_its_files(filled):
    """To the byte where the files say the same before and after."""
    figures = FIGURES[filled.version]
    for _ in range(20):
        for name in ("", "/one"):
            folder = filled.folder / name.lstrip("/")
            before = figures(folder)
            row = cgroups(filled, *before)[name]
            if figures(folder) == before:
                assert {column: row[column] for column in before} == before
                assert row["cgroup_anon"] >= 20 << 20
            else:
                break
        else:
            return
    pytest.skip("the memory of the group moves all the time")


def test_headroom_is_that_of_the_group_above_which_others_use_too(filled):
    """The limit less its own use would be 5 MiB more."""
    rows = cgroups(filled, "current", "max", "effective", "limited_by", "headroom")
    assert rows["/two"]["max"] == "none" and rows[""]["max"] == 64 << 20
    for row in rows.values():
        assert row["effective"] == 64 << 20 and row["limited_by"] == filled.path
        assert row["headroom"] == (64 << 20) - rows[""]["current"]
    assert rows["/two"]["headroom"] < rows["/two"]["effective"] - rows["/two"]["current"] - (20 << 20)


def test_a_cgroup_has_the_processes_of_those_below_it(filled):
    rows = cgroups(filled, "processes", "footprint", "current", "sum", "known", "largest_pid")
    assert [rows[name]["processes"] for name in ("", "/one", "/two")] == [2, 1, 1]
    assert [rows[name]["depth"] for name in ("", "/one", "/two")] == [1, 2, 2]
    assert rows[""]["footprint"] == rows["/one"]["footprint"] + rows["/two"]["footprint"]
    assert rows[""]["largest_pid"] == rows["/one"]["largest_pid"]
    [shown] = groups("--by", "cgroup", "--depth", "1", "-F", "name,processes,footprint",
                     "--filter", f"name~^{filled.path}")
    assert (shown["name"], shown["processes"]) == (filled.path, 2)
    # What nobody holds is charged, too.
    assert rows[""]["current"] >= rows["/one"]["current"] + rows["/two"]["current"]


def test_the_outermost_cgroups_have_all_processes(filled):
    rows = groups("--by", "cgroup", "-F", "name,depth,processes,footprint")
    whole = outermost(rows)
    assert whole[0]["depth"] == 0
    [root] = [row for row in whole if row["name"] == "/"]
    assert root["processes"] == max(row["processes"] for row in rows)
    assert root["footprint"] == max(row["footprint"] for row in rows)


def test_free_has_the_totals_of_a_cgroup(filled):
    """The limit, and who has it, also in the text."""
    name = f"{filled.path}/two"
    row = json.loads(memtop("free", f"--cgroup={name}", "--json").stdout)
    assert (row["total"], row["own_limit"], row["own_limit_cgroup"]) == (64 << 20, 64 << 20, filled.path)
    assert 5 << 20 <= row["used"] < 12 << 20 and row["used"] + row["available"] < (64 << 20) - (19 << 20)
    assert row["own_cgroup"] == name and row["committed"] is None
    by_folder = json.loads(memtop("free", "--json", f"--cgroup={filled.folder}/two").stdout)
    assert by_folder["own_cgroup"] == name
    head, titles, memory, *_ = memtop("free", "-m", f"--cgroup={name}").stdout.decode().splitlines()
    assert re.fullmatch(rf"Memory cgroup {name}, [\d.]+M left of 64\.0M in {filled.path}", head)
    assert memory.split()[:2] == ["Mem:", "64"]


def test_free_of_its_own_cgroup(filled):
    script = f'echo $$ >"{filled.folder}/one/cgroup.procs" && exec "$@"'
    row = json.loads(run("sh", "-c", script, "sh", MEMTOP, "free", "--cgroup", "--json").stdout)
    assert (row["own_cgroup"], row["total"]) == (f"{filled.path}/one", 64 << 20)


@pytest.mark.parametrize("words, line", [
    (["--cgroup=/not/there"], "memtop free: there is no memory cgroup /not/there"),
    (["--cgroup=/", "--explain"], "memtop free: --cgroup has no --explain: on the screen x explains the figures of "
     "cgroups (view 2)"),
])
def test_free_says_in_one_line_why_a_cgroup_has_no_totals(words, line):
    process = memtop("free", *words)
    assert (process.returncode, process.stdout, process.stderr.decode()) == (1, b"", line + "\n")


def test_no_limit_is_not_unknown(filled):
    """In each format, and in a filter."""
    words = ["groups", "--by", "cgroup", "-F", "name,max,low,headroom", "--filter", f"name={filled.path}/one max=none"]
    [row] = groups(*words[1:])
    assert row["max"] == "none" and row["headroom"] > 0
    lines = memtop(*words, "--format", "csv").stdout.decode().splitlines()
    assert lines[0] == "time,name,max,low,headroom" and lines[1].split(",")[2] == "none"
    text = memtop(*words, "-e", "b").stdout.decode().splitlines()
    assert text[-1].split()[1] == "none"
    assert groups(*words[1:-1], f"name={filled.path}/one headroom>60M") == []


def test_K5_kills_of_a_cgroup_are_counted():
    """K13: failcnt of version 1 may be 0 all the same."""
    with memory_cgroup() as group:
        group.kill_hog("memtop-charged")
        row = cgroups(group, "kills", "own_kills", "max_events")[""]
        assert row["kills"] == row["own_kills"] == kills_in(group.folder) > 0
        assert row["max_events"] == FIGURES[group.version](group.folder)["max_events"]


def test_without_a_memory_controller_the_reason_is_shown():
    rows = of_tree("groups", "--by", "cgroup", "-F", "name,depth,current,headroom")
    assert any(row["kind"] == "hint" and "no memory controller" in row["text"] for row in rows)
    rows = [row for row in rows if row["kind"] == "group"]
    assert rows and all(row[key] is None for row in rows for key in ("depth", "current", "headroom"))


def test_a_kind_has_its_own_columns():
    of_charge = ["FOOTPRINT", "CURRENT", "FULL%", "HEADROOM", "WORKSET", "PROCS", "SWAP", "NAME"]
    for words in (["--by", "cgroup"], ["--by", "unit"], ["--depth", "1"]):
        lines = memtop("groups", *words).stdout.decode().splitlines()
        assert of_charge in [line.split() for line in lines[:5]]
    lines = memtop("groups", "--by", "unit", "-F", "name,footprint").stdout.decode().splitlines()
    assert ["NAME", "FOOTPRINT"] in [line.split() for line in lines[:5]]


def test_depth_is_only_of_groups_in_groups():
    process = memtop("groups", "--by", "user", "--depth", "1")
    assert process.returncode == 2 and not process.stdout
    assert "--depth needs --by cgroup or --by tree" in process.stderr.decode()
