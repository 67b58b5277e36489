# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop inside and outside a real container with a limit: podman and runc, without a network."""

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from charge_files import FIGURES
from conftest import BUILD, MEMTOP, run
from memory_cgroup import memory_mount

LIMIT = 200 << 20
HELD = 20  # MiB
IMAGE = "memtop-test:1"
NAME = f"memtop-test-{os.getpid()}"  # of a container, and of the cgroup that all containers of the test are in

# What podman writes goes to file systems in memory, which end with the mount namespace.
NAMESPACE = "for folder in /var/lib /run /dev/shm; do mount -t tmpfs none $folder || exit; done; echo ready; exec cat"
PODMAN = ["podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc", "--storage-driver", "vfs"]
# Limits of what a process may open and start are not to be raised: that needs CAP_SYS_RESOURCE.
RUN = ["run", "--rm", "--pull", "never", "--network", "none", "--cgroup-parent", f"/{NAME}", "--memory", str(LIMIT),
       "--ulimit", "nofile=512:512", "--ulimit", "nproc=512:512"]


def libraries_of(program):
    """The paths of all that the dynamic linker loads for it."""
    return re.findall(r"(?m)(/\S+) \(0x", run("ldd", program).stdout.decode())


def image():
    """The files of a container: memtop with its libraries, and a process to be looked at."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", dereference=True) as tar:
        for library in libraries_of(MEMTOP):
            tar.add(library)
        tar.add(MEMTOP, "/bin/memtop")
        tar.add(BUILD / "tests" / "e2e" / "actor", "/bin/actor")
    return archive.getvalue()


class Podman:
    def __init__(self, namespace):
        self.inside = ["nsenter", "-m", "-t", namespace]

    def run(self, *words, **options):
        return run(*self.inside, *PODMAN, *words, **options)

    def start(self, *words):
        """A container that ends with its standard input."""
        command = [*self.inside, *PODMAN, *RUN, "--interactive", *words]
        return subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def memtop_outside(self, *words):
        """It reads the names that podman keeps in the namespace."""
        return run(*self.inside, MEMTOP, *words)


def remove_cgroups():
    """Those that podman leaves, in each hierarchy. The last process of a container ends after podman has."""
    end = time.monotonic() + 30
    while folders := [*Path("/sys/fs/cgroup").glob(NAME), *Path("/sys/fs/cgroup").glob(f"*/{NAME}")]:
        for folder in folders:
            for path, _, _ in os.walk(folder, topdown=False):
                try:
                    os.rmdir(path)
                except OSError as error:
                    assert time.monotonic() < end, error
        time.sleep(0.01)


@pytest.fixture(scope="module")
def podman():
    for program in "podman", "runc":
        if not shutil.which(program):
            pytest.skip(f"there is no {program}")
    if os.geteuid() != 0 or not memory_mount():
        pytest.skip("containers with a limit need root and a memory cgroup controller")
    holder = subprocess.Popen(["unshare", "-m", "sh", "-c", NAMESPACE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if holder.stdout.readline() != b"ready\n":
            pytest.skip("file systems cannot be mounted here")
        podman = Podman(holder.pid)
        for words, options in (["import", "-", IMAGE], {"input": image()}), ([*RUN, IMAGE, "/bin/memtop", "-V"], {}):
            process = podman.run(*words, **options)
            if process.returncode != 0:
                pytest.skip("podman is refused here: " + process.stderr.decode().strip().splitlines()[-1])
        yield podman
    finally:
        holder.stdin.close()
        holder.wait(10)
        holder.stdout.close()
        remove_cgroups()


@pytest.fixture(params=["host", "private"])
def inside(podman, request):
    """Runs memtop in a container, which sees the cgroups of the machine or its own alone."""
    def memtop_inside(*words):
        process = podman.run(*RUN, "--cgroupns", request.param, IMAGE, "/bin/memtop", *words)
        assert process.returncode == 0, process.stderr
        return process.stdout.decode()

    memtop_inside.is_private = request.param == "private"
    return memtop_inside


def is_own(path, inside):
    return path == "/" if inside.is_private else re.fullmatch(rf"/{NAME}/libpod-[0-9a-f]{{64}}(/container)?", path)


def test_free_has_the_totals_of_the_container(inside):
    row = json.loads(inside("free", "--cgroup", "--json"))
    assert row["total"] == row["own_limit"] == LIMIT
    assert 0 < row["used"] < LIMIT and row["used"] + row["free"] <= LIMIT and row["available"] < LIMIT
    assert is_own(row["own_cgroup"], inside) and is_own(row["own_limit_cgroup"], inside)


def test_the_head_says_the_limit(inside):
    [line] = re.findall("(?m)^Limit .*", inside("batch", "-n", "1"))
    left, path = re.fullmatch(r"Limit +of memtop itself ([\d.]+)M left of 200M in (\S+)", line).groups()
    assert 100 < float(left) < 200 and is_own(path, inside)


def test_oom_says_that_the_limit_applies_and_shows_who_dies_there(inside):
    """With version 1 a private namespace has no hidden groups that are unlimited: it may say so."""
    line = inside("oom").splitlines()[1]
    path = re.fullmatch(r"A limit of 200M applies to memtop's own memory cgroup (\S+): --cgroup shows .*", line)[1]
    assert is_own(path, inside)
    if inside.is_private:
        head, *lines = inside("oom", "--cgroup", "/").splitlines()
        assert re.fullmatch(r"Who dies first, a prediction: memory cgroup /, with swap \d+M", head)
        assert any("memtop oom" in line for line in lines)


def test_groups_has_one_cgroup_with_the_limit(inside):
    rows = map(json.loads, inside("groups", "--by", "cgroup", "--format", "json", "-F",
                                  "name,processes,current,max,effective,limited_by,headroom").splitlines())
    [row] = [row for row in rows if row["kind"] == "group"]
    assert is_own(row["name"], inside) and row["limited_by"] == row["name"]
    assert row["max"] == row["effective"] == LIMIT and row["processes"] == 1
    assert row["headroom"] == LIMIT - row["current"] < LIMIT


@pytest.fixture
def held(podman):
    process = podman.start("--name", NAME, IMAGE, "/bin/actor", "hold", HELD)
    try:
        assert process.stdout.readline() == b"ready\n"
        yield podman
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def test_outside_a_container_has_its_name_and_the_figures_of_its_files(held):
    folder, version = memory_mount()
    figures = FIGURES[version]
    identity = held.run("inspect", "--format", "{{.Id}}", NAME).stdout.decode().strip()
    folder_of_it = folder / NAME / f"libpod-{identity}"
    words = ["--by", "container", "--format", "json", "--filter", f"name={NAME}", "-F"]
    columns = "name,path,processes,footprint,effective,headroom"
    for _ in range(20):
        before = figures(folder_of_it)
        process = held.memtop_outside("groups", *words, ",".join((columns, *before)))
        assert process.returncode == 0, process.stderr
        [row] = [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "group"]
        if figures(folder_of_it) == before:
            break
    else:
        pytest.skip("the memory of the container moves all the time")
    assert {column: row[column] for column in before} == before
    assert row["path"] == f"/{NAME}/{folder_of_it.name}" and row["processes"] == 1
    assert row["max"] == row["effective"] == LIMIT and row["headroom"] == LIMIT - row["current"]
    assert row["footprint"] >= HELD << 20 and row["cgroup_anon"] >= HELD << 20
