# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop groups: what processes hold together, each page once."""

import json
import os
import re
import shutil

import pytest
from conftest import FIXTURES, MEMTOP, memtop, run, run_over
from forks import COW_PROGRAM, FORKS, cow, pss_of  # noqa: F401: a fixture
from screen_in_tmux import terminal  # noqa: F401: a fixture

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
    for kind in KINDS:
        rows = [row for row in of_tree("groups", "--by", kind) if row["kind"] == "group"]
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
    assert lines[2].split() == ["FOOTPRINT", "%MEM", "PROCS", "ANON", "FILE", "SHARED", "SWAP", "SUM", "NAME"]
    sizes = [int(size) for size in re.findall(r"(?m)^ *~?(\d+) ", "\n".join(lines[3:]))]
    assert len(sizes) > 2 and sizes == sorted(sizes, reverse=True)


def test_a_wrong_kind_is_one_clear_line():
    process = memtop("groups", "--by", "color")
    assert process.returncode == 2 and not process.stdout
    [line] = process.stderr.decode().splitlines()
    assert "not one of program, user, unit, cgroup, container, pod;" in line
