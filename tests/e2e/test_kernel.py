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


def rows(page, *options, over=None):
    """All rows with all of these columns, of this machine or with some files over its own."""
    command = [MEMTOP, "kernel", page, "--all", "--format", "json", *options]
    return rows_of(run_over(over, *command) if over else run(*command), KINDS[page])


@pytest.fixture
def copy_of(mounts, tmp_path):
    """What to mount for a copy of a file of /proc, and its text: what reads the real one also moves it."""

    def copy(name):
        path = tmp_path / name
        path.write_text(Path("/proc", name).read_text())
        return {f"/proc/{name}": path}, path.read_text()

    return copy


SLABTOP = re.compile(r"^ *(\d+) +(\d+) +(\d+)% +([\d.]+)K +(\d+) +(\d+) +(\d+)K (\S+) *$", re.M)


def slabtop(over):
    """Its share in use is a fraction that is cut: where it is whole (159 of 300) it may be one less."""
    output = run_over(over, "slabtop", "-o").stdout.decode()
    found = {}
    for objects, active, use, *others, name in SLABTOP.findall(output):
        share, rest = divmod(100 * int(active), max(int(objects), 1))
        use = str(share) if rest == 0 and int(use) == share - 1 else use
        found[name] = (objects, active, use, *others)
    return found


def as_slabtop(over):
    """The rows as slabtop would print them: it cuts the share in use, which memtop rounds."""
    columns = "objects,active,use,object_size,slabs,objects_per_slab,bytes,name"
    return {
        row["name"]: tuple(str(figure) for figure in (
            row["objects"], row["active"], 100 * row["active"] // max(row["objects"], 1), f"{row['object_size'] / 1024:.2f}", row["slabs"],
            row["objects_per_slab"], row["bytes"] // 1024))
        for row in rows("slab", "-F", columns, over=over)
    }


@as_root
@pytest.mark.skipif(not shutil.which("slabtop"), reason="slabtop is not installed")
def test_slab_figures_are_those_of_slabtop(copy_of):
    over, _ = copy_of("slabinfo")
    assert len(as_slabtop(over)) >= 50
    assert as_slabtop(over) == slabtop(over)


@as_root
def test_F14_the_share_in_use_is_rounded():
    shares = [row for row in rows("slab", "-F", "use,active,objects,name") if row["objects"]]
    assert len(shares) > 20
    for row in shares:
        assert row["use"] == pytest.approx(100 * row["active"] / row["objects"], abs=0.0501), row


def slabinfo(text):
    lines = [line.split() for line in text.splitlines()[2:]]
    return {words[0]: [int(words[i]) for i in (1, 2, 3, 4, 5, 13, 14)] for words in lines}


@as_root
def test_caches_are_all_there_with_all_figures_of_slabinfo(copy_of):
    over, text = copy_of("slabinfo")
    columns = "active,objects,object_size,objects_per_slab,pages_per_slab,active_slabs,slabs,name"
    assert {row["name"]: list(row.values())[2:9] for row in rows("slab", "-F", columns, over=over)} == slabinfo(text)
    for row in rows("slab", "-F", "name,bytes,slabs,pages_per_slab,reclaimable"):
        assert row["bytes"] == row["slabs"] * row["pages_per_slab"] * PAGE, row
        account = Path("/sys/kernel/slab") / row["name"] / "reclaim_account"
        expected = {"1": "yes", "0": "no"}[account.read_text().strip()] if account.exists() else None
        assert row["reclaimable"] == (expected if row["bytes"] else None), row


def buddyinfo(text):
    matches = [re.match(r"Node (\d+), zone +(\S+) +(.*)", line) for line in text.splitlines()]
    return {(int(match[1]), match[2]): [int(count) for count in match[3].split()] for match in matches}


def blocks(over):
    found = {}
    columns = "node,name,fragmentation," + ",".join(f"order_{i}" for i in range(14))
    for row in rows("buddy", "-F", columns, over=over):
        counts = [row[f"order_{i}"] for i in range(14)]
        found[row["node"], row["name"]] = [count for count in counts if count is not None]
    return {zone: counts for zone, counts in found.items() if counts}  # the others have no memory


def test_free_blocks_are_those_of_buddyinfo(copy_of):
    over, text = copy_of("buddyinfo")
    assert blocks(over) == buddyinfo(text) != {}


def test_watermarks_are_those_of_zoneinfo(copy_of):
    over, text = copy_of("zoneinfo")
    found = {(row["node"], row["name"]): row for row in rows("zones", over=over)}
    parts = re.split(r"(?m)^Node (\d+), zone +(\S+)\n", text)[1:]
    assert len(found) == len(parts) // 3
    for node, name, body in zip(parts[::3], parts[1::3], parts[2::3]):
        row = found[int(node), name]
        for key in ("min", "low", "high", "spanned", "present", "managed"):
            assert row[key] == int(re.search(rf"(?m)^ +{key} +(\d+)$", body)[1]) * PAGE, (node, name, key)
        assert row["above"] == row["free"] - row["low"]


def test_counters_are_those_of_vmstat(copy_of):
    over, text = copy_of("vmstat")
    figures = {key: int(value) for key, value in map(str.split, text.splitlines())}
    figures["allocstall"] = sum(value for key, value in figures.items() if key.startswith("allocstall"))
    found = {row["counter"]: row["count"] for row in rows("reclaim", over=over)}
    assert found == {key: figures.get(key) for key in found} and len(found) >= 50
    known = {key for key, count in found.items() if count is not None}
    assert {"pgscan_kswapd", "pgsteal_direct", "allocstall", "compact_stall"} <= known


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
    ("zones", "/proc/zoneinfo", "zones or their free blocks (/proc/zoneinfo, buddyinfo) unknown: "),
    ("buddy", "/proc/buddyinfo", "zones or their free blocks (/proc/zoneinfo, buddyinfo) unknown: "),
    ("nodes", "/sys/devices/system", "NUMA nodes (/sys/devices/system/node) unknown: No such file or directory (needs CONFIG_NUMA"),
])
def test_what_is_absent_has_a_hint(mounts, page, folder, hint):
    process = hidden(folder, page)
    assert process.returncode == 0 and process.stderr == b""
    assert "\nhint   " + hint in process.stdout.decode()
    assert "there are none" not in process.stdout.decode()


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
    assert b"OBJS" in process.stdout and b"there are none" not in process.stdout


@pytest.mark.parametrize("count", ["1", "3"])
def test_csv_has_no_place_for_a_hint_so_it_is_said_once(mounts, count):
    process = hidden("/proc/zoneinfo", "zones", "--format", "csv", "-d", "0.01", "-n", count)
    lines = process.stderr.decode().splitlines()
    assert process.returncode == 0 and len(lines) == 1
    assert lines[0].startswith("memtop kernel: zones or their free blocks (/proc/zoneinfo, buddyinfo) unknown: ")


def test_a_node_without_its_files_has_a_hint(mounts, tmp_path):
    (tmp_path / "node3").mkdir()
    process = run_over({"/sys/devices/system/node": tmp_path}, MEMTOP, "kernel", "nodes", "--format", "json")
    found = [json.loads(line) for line in process.stdout.splitlines()]
    assert [(row["node"], row["total"], row["hit"]) for row in found if row["kind"] == "node"] == [(3, None, None)]
    assert any(row["kind"] == "hint" and "NUMA nodes" in row["text"] for row in found)


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


NO_PAGE = "is no page; the pages are slab, zones, buddy, reclaim, swap and nodes"


@pytest.mark.parametrize("words, complaint", [
    (["slabs"], f"'slabs' {NO_PAGE}; did you mean slab?"),
    (["slab", "zones"], "unexpected word 'zones';"),
    (["a\x1b[2J"], rf"'a\x1b[2J' {NO_PAGE};"),
    (["-F", "order_0"], "--fields 'order_0': there is no such column, at character 1;"),
    (["zones", "-o", "objects"], "--order 'objects': there is no such column, at character 1;"),
    (["zones", "-o", "+mangaed"], "--order '+mangaed': there is no such column, at character 2; did you mean managed?"),
    (["swap", "--filter", "used>x"], None),
])
def test_what_is_wrong_is_one_line(words, complaint):
    process = memtop("kernel", *words)
    assert process.returncode == 2 and process.stdout == b""
    lines = process.stderr.decode().splitlines()
    assert len(lines) == 1 and lines[0].startswith("memtop kernel: ")
    assert complaint is None or lines[0] == f"memtop kernel: {complaint} try 'memtop kernel --help'"


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


def test_L25_counters_of_each_kind_of_zone_add_up(mounts):
    over = {"/proc/vmstat": FIXTURES / "vmstat" / "before-4.8"}
    process = run_over(over, MEMTOP, "kernel", "reclaim", "--all", "--format", "json")
    found = {row["counter"]: row["count"] for row in map(json.loads, process.stdout.splitlines())
             if row["kind"] == "reclaim"}
    expected = {"pgscan_kswapd": 4033, "pgsteal_kswapd": 3030, "pgscan_direct": 505, "pgsteal_direct": None,
                "allocstall": 7, "pswpin": None}
    assert {key: found.get(key) for key in expected} == expected
    [system] = [row for row in map(json.loads, run_over(over, MEMTOP, "batch", "-n", "1", "--format", "json")
                                   .stdout.splitlines()) if row["kind"] == "system"]
    assert (system["pages_scanned"], system["pages_reclaimed"]) == (4538, None)
