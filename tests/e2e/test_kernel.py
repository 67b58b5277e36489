# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel keeps: slab caches, zones, free blocks, reclaim, swap, nodes."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from conftest import FIXTURES, MEMTOP, memtop, run, run_over

PAGES = ["slab", "zones", "buddy", "reclaim", "swap", "nodes"]
KINDS = {"slab": "slab", "zones": "zone", "buddy": "zone", "reclaim": "reclaim", "swap": "swap", "nodes": "node"}
PAGE = os.sysconf("SC_PAGESIZE")
SERVER = FIXTURES / "server"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may read slabinfo")


def rows_of(process, kind):
    assert process.returncode == 0, process.stderr
    return [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == kind]


def rows(page, *options):
    """All rows with all of these columns."""
    return rows_of(memtop("kernel", page, "--all", "--format", "json", *options), KINDS[page])


def between(look, read):
    """What is the same before and after a reading must be in it: pairs of both, by key."""
    for _ in range(20):
        before = look()
        found = read()
        after = look()
        still = {key for key in before if before[key] == after.get(key)}
        if len(still) > len(before) / 2:
            return [(key, before[key], found[key]) for key in sorted(still)]
    raise AssertionError("nothing stands still here")


SLABTOP = re.compile(r"^ *(\d+) +(\d+) +(\d+)% +([\d.]+)K +(\d+) +(\d+) +(\d+)K (\S+) *$", re.M)


def slabtop():
    output = run("slabtop", "-o").stdout.decode()
    return {match[7]: match[:7] for match in SLABTOP.findall(output)}


@as_root
@pytest.mark.skipif(not shutil.which("slabtop"), reason="slabtop is not installed")
def test_slab_figures_are_those_of_slabtop():
    columns = "objects,active,use,object_size,slabs,objects_per_slab,bytes,name"
    pairs = between(slabtop, lambda: {row["name"]: row for row in rows("slab", "-F", columns)})
    assert len(pairs) >= 50
    for name, (objects, active, use, size, slabs, per_slab, cache), row in pairs:
        assert (row["objects"], row["active"], row["slabs"]) == (int(objects), int(active), int(slabs)), name
        assert row["objects_per_slab"] == int(per_slab), name
        assert f"{row['object_size'] / 1024:.2f}" == size, name
        assert row["bytes"] == int(cache) * 1024, name
        if row["objects"]:
            assert int(row["use"]) == int(use), name


@as_root
def test_caches_are_all_there_with_all_figures_of_slabinfo():
    def slabinfo():
        lines = Path("/proc/slabinfo").read_text().splitlines()[2:]
        return {line.split()[0]: [int(line.split()[i]) for i in (1, 2, 3, 4, 5, 13, 14)] for line in lines}

    columns = "name,active,objects,object_size,objects_per_slab,pages_per_slab,active_slabs,slabs,bytes,reclaimable"
    for name, figures, row in between(slabinfo, lambda: {row["name"]: row for row in rows("slab", "-F", columns)}):
        assert list(row.values())[3:10] == figures, name
        assert row["bytes"] == row["slabs"] * row["pages_per_slab"] * PAGE
        account = Path("/sys/kernel/slab") / name / "reclaim_account"
        expected = {"1": "yes", "0": "no"}[account.read_text().strip()] if account.exists() else None
        assert row["reclaimable"] == expected, name


def buddyinfo():
    lines = Path("/proc/buddyinfo").read_text().splitlines()
    matches = [re.match(r"Node (\d+), zone +(\S+) +(.*)", line) for line in lines]
    return {(int(match[1]), match[2]): [int(count) for count in match[3].split()] for match in matches}


def blocks():
    found = {}
    for row in rows("buddy", "-F", "node,name,fragmentation," + ",".join(f"order_{i}" for i in range(14))):
        counts = [row[f"order_{i}"] for i in range(14)]
        found[row["node"], row["name"]] = [count for count in counts if count is not None]
    return found


def test_free_blocks_are_those_of_buddyinfo():
    pairs = between(buddyinfo, blocks)
    assert pairs
    for zone, expected, found in pairs:
        assert found == expected, zone


def test_watermarks_are_those_of_zoneinfo():
    text = Path("/proc/zoneinfo").read_text()
    found = {(row["node"], row["name"]): row for row in rows("zones")}
    parts = re.split(r"(?m)^Node (\d+), zone +(\S+)\n", text)[1:]
    assert len(found) == len(parts) // 3
    for node, name, body in zip(parts[::3], parts[1::3], parts[2::3]):
        row = found[int(node), name]
        for key in ("min", "low", "high", "spanned", "present", "managed"):
            assert row[key] == int(re.search(rf"(?m)^ +{key} +(\d+)$", body)[1]) * PAGE, (node, name, key)
        assert row["above"] == row["free"] - row["low"]


def vmstat():
    return {key: int(value) for key, value in (line.split() for line in Path("/proc/vmstat").read_text().splitlines())}


def test_counters_are_those_of_vmstat():
    def known():
        figures = vmstat()
        figures["allocstall"] = sum(value for key, value in figures.items() if key.startswith("allocstall"))
        return {key: figures.get(key) for key in names}

    names = [row["counter"] for row in rows("reclaim")]
    assert len(set(names)) == len(names) >= 50
    pairs = between(known, lambda: {row["counter"]: row["count"] for row in rows("reclaim")})
    for key, expected, found in pairs:
        assert found == expected, key
    present = [key for key, expected, _ in pairs if expected is not None]
    assert {"pgscan_kswapd", "pgsteal_direct", "allocstall", "compact_stall"} <= set(present)


def test_with_a_delay_counters_have_a_rate():
    process = memtop("kernel", "reclaim", "-a", "-d", "0.2", "-n", "2", "--format", "json")
    found = rows_of(process, "reclaim")
    first, last = found[: len(found) // 2], found[len(found) // 2 :]
    assert all(row["rate"] is None for row in first)
    known = [row for row in last if row["count"] is not None]
    assert known and all(row["rate"] >= 0 for row in known)


def test_nodes_are_those_of_sysfs():
    folders = list(Path("/sys/devices/system/node").glob("node[0-9]*"))
    if not folders:
        pytest.skip("this kernel has no NUMA nodes")
    found = {row["node"]: row for row in rows("nodes")}
    assert sorted(found) == sorted(int(folder.name[4:]) for folder in folders)
    for folder in folders:
        text = (folder / "meminfo").read_text()
        row = found[int(folder.name[4:])]
        assert row["total"] == int(re.search(r"MemTotal: +(\d+) kB", text)[1]) << 10
        assert row["used"] == row["total"] - row["free"]
        assert 0 < row["hit"] <= int(re.search(r"numa_hit (\d+)", (folder / "numastat").read_text())[1])


def test_swap_devices_are_those_of_a_file(mounts):
    process = run_over({"/proc/swaps": SERVER / "swaps"}, MEMTOP, "kernel", "swap", "--format", "json")
    assert [(row["path"], row["swap_kind"], row["size"], row["used"], row["priority"]) for row in rows_of(process, "swap")] == [
        ("/dev/nvme0n1p3", "partition", 8388604 << 10, 1 << 30, -2),
        ("/swap two", "file", 2 << 30, 1 << 20, 5),
    ]


def test_without_swap_there_is_none(mounts, tmp_path):
    (tmp_path / "swaps").write_text("Filename\tType\tSize\tUsed\tPriority\n")
    text = run_over({"/proc/swaps": tmp_path / "swaps"}, MEMTOP, "kernel", "swap").stdout.decode()
    assert text.splitlines()[1] == "there are none"


def hidden(path, *arguments):
    """With an empty folder or file over a path."""
    script = f'if [ -d {path} ]; then mount -t tmpfs none {path}; else mount --bind /dev/null {path}; fi && exec "$@"'
    return run("unshare", "-rm", "sh", "-c", script, "sh", MEMTOP, "kernel", *arguments)


@pytest.mark.parametrize("page, folder, hint", [
    ("zones", "/proc/zoneinfo", "zones (/proc/zoneinfo) unknown: "),
    ("nodes", "/sys/devices/system", "NUMA nodes (/sys/devices/system/node) unknown: No such file or directory (needs CONFIG_NUMA"),
])
def test_what_is_absent_has_a_hint(mounts, page, folder, hint):
    process = hidden(folder, page)
    assert process.returncode == 0 and process.stderr == b""
    assert "\nhint   " + hint in process.stdout.decode()


def test_without_buddyinfo_blocks_are_unknown_not_zero(mounts):
    process = hidden("/proc/buddyinfo", "buddy", "--format", "json", "-F", "name,free,fragmentation,order_0")
    for row in rows_of(process, "zone"):
        assert row["order_0"] is None and row["fragmentation"] is None and row["free"] is not None


def test_an_ordinary_user_is_told_why_there_are_no_caches():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        shutil.copy(MEMTOP, folder)
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", folder + "/memtop", "kernel"]
        process = subprocess.run(words, capture_output=True)
    if os.geteuid() != 0 or process.returncode == 127:
        pytest.skip("needs to become another user")
    assert process.returncode == 0
    assert b"hint   slab caches (/proc/slabinfo) unknown: Permission denied (only root may read it)" in process.stdout
    assert b"OBJS" in process.stdout


@pytest.mark.parametrize("page", PAGES)
def test_each_format_has_the_columns(page):
    text = memtop("kernel", page).stdout.decode().splitlines()
    assert text[0].startswith("Kernel: ")
    table = list(csv.reader(io.StringIO(memtop("kernel", page, "-a", "--format", "csv").stdout.decode())))
    found = rows(page)
    assert len(found) == len(table) - 1 or page == "slab"
    assert not found or list(found[0])[2:] == table[0][1:]


@as_root
def test_order_fields_and_filter():
    found = rows("slab", "-F", "name,bytes", "-o", "-bytes", "--filter", "bytes>100K")
    sizes = [row["bytes"] for row in found]
    assert sizes == sorted(sizes) and sizes[0] > 100 << 10
    assert list(found[0]) == ["kind", "time", "name", "bytes"]


@pytest.mark.parametrize("words, complaint", [
    (["swaps"], "'swaps' is no page: slab, zones, buddy, reclaim, swap or nodes, one of them"),
    (["slab", "zones"], "'zones' is no page: slab, zones, buddy, reclaim, swap or nodes, one of them"),
    (["a\x1b[2J"], r"'a\x1b[2J' is no page: slab, zones, buddy, reclaim, swap or nodes, one of them"),
    (["-F", "order_0"], "--fields 'order_0': there is no such column, at character 1"),
    (["zones", "-o", "objects"], "--order 'objects': there is no such column, at character 1"),
    (["swap", "--filter", "used>x"], None),
])
def test_what_is_wrong_is_one_line(words, complaint):
    process = memtop("kernel", *words)
    assert process.returncode == 2 and process.stdout == b""
    lines = process.stderr.decode().splitlines()
    assert len(lines) == 1 and lines[0].startswith("memtop kernel: ")
    assert complaint is None or lines[0] == "memtop kernel: " + complaint


def test_a_closed_pipe_ends_it_quietly():
    script = 'trap "" PIPE; { timeout 20 "$@"; echo $? >&2; } | head -n 1'
    process = run("sh", "-c", script, "sh", MEMTOP, "kernel", "reclaim", "-d", "0.01")
    assert process.stderr == b"0\n"


def test_it_follows_what_grows(tmp_path):
    """A thousand files opened: their objects appear."""
    def files():
        return {row["name"]: row["active"] for row in rows("slab", "-F", "name,active")}.get("filp")

    if files() is None:
        pytest.skip("there is no cache of open files here")
    before, kept = files(), [open("/dev/null") for _ in range(900)]
    end = time.monotonic() + 20
    while files() < before + 300:
        assert time.monotonic() < end
        kept += [open("/dev/null") for _ in range(20)] if len(kept) < 1000 else []
    for file in kept:
        file.close()
