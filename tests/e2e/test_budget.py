# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop budget: its items add up to MemTotal, and what is made grows where it belongs."""

import json
import mmap
import os
import re
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import FIXTURES, MEMTOP, memtop, option, run, run_over

MEMINFO = FIXTURES / "meminfo"
READABLE = sorted(path.name for path in MEMINFO.iterdir() if path.name not in ("empty", "8-eib", "total-0"))
GIB, MIB = 1 << 30, 1 << 20
MAP_NORESERVE, MAP_HUGETLB = 0x4000, 0x40000  # asm-generic/mman.h; Python names them since 3.13
KEYS_OF_ITEMS = ["MemFree", "Buffers", "Cached", "AnonPages", "Shmem", "SReclaimable", "SUnreclaim", "KernelStack",
                 "PageTables", "Percpu", "VmallocUsed", "Hugetlb", "KReclaimable", "Zswap"]
HUGE_POOL = Path("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages")


def rows_of(process):
    assert process.returncode == 0, process.stderr
    rows = [json.loads(line) for line in process.stdout.splitlines()]
    return [row for row in rows if row["kind"] == "budget"]


def budget(*arguments):
    return rows_of(memtop("budget", "--all", "--format", "json", *arguments))


def items(rows):
    return {row["item"]: row["bytes"] for row in rows if row["part"] is None}


def part(rows, item, name):
    return next((row["bytes"] for row in rows if row["item"] == item and row["part"] == name), 0)


def total_of(text):
    return int(re.search(r"^MemTotal: +(\d+) kB", text, re.M)[1]) << 10


def check_sum(rows, total):
    counted = [size for size in items(rows).values() if size is not None]
    assert sum(counted) == total
    assert [row["item"] for row in rows if row["part"] is None][-1] in ("unaccounted", "mixed")


def test_items_add_up_to_the_total_here():
    rows = budget()
    with open("/proc/meminfo") as file:
        check_sum(rows, total_of(file.read()))
    assert all(size is None or size >= 0 for item, size in items(rows).items() if item != "unaccounted")


def test_nearly_all_is_accounted_for():
    here = items(budget())
    assert abs(here["unaccounted"]) < 0.05 * sum(size for size in here.values() if size)


def test_U12_items_and_behind_each_its_parts_are_in_order_of_size():
    rows = budget()
    sizes = [row["bytes"] for row in rows if row["part"] is None and row["bytes"] is not None]
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)
    item, last = None, 0
    for row in rows:
        if row["part"] is None:
            item, last = row["item"], float("inf")
        assert row["item"] == item
        assert row["part"] is None or row["bytes"] <= last
        last = row["bytes"] if row["part"] else last


@pytest.mark.parametrize("name", READABLE)
def test_items_add_up_to_the_total_of_any_meminfo(mounts, name):
    path = MEMINFO / name
    process = run_over({"/proc/meminfo": path}, MEMTOP, "budget", "--all", "--format", "json")
    check_sum(rows_of(process), total_of(path.read_text()))


@pytest.mark.parametrize("key", KEYS_OF_ITEMS)
def test_T12_without_a_figure_its_item_is_unknown_and_the_rest_adds_up(mounts, tmp_path, key):
    with open("/proc/meminfo") as file:
        text = re.sub(rf"(?m)^{key}:.*\n", "", file.read())
    path = tmp_path / "meminfo"
    path.write_text(text)
    process = run_over({"/proc/meminfo": path}, MEMTOP, "budget", "--all", "--format", "json")
    rows = rows_of(process)
    check_sum(rows, total_of(text))
    unknown = {row["item"] for row in rows if row["bytes"] is None}
    assert len(unknown) > 0 or key in ("Shmem", "Hugetlb", "SReclaimable")
    assert process.stderr == b"" or b"slab" in process.stderr


def test_T3_shared_memory_is_not_in_cache(mounts):
    path = MEMINFO / "normal"
    process = run_over({"/proc/meminfo": path}, MEMTOP, "budget", "--all", "--format", "json")
    figures = dict(re.findall(r"(?m)^(\w+): +(\d+)", path.read_text()))
    here = items(rows_of(process))
    assert here["cache"] == (int(figures["Cached"]) - int(figures["Shmem"])) << 10
    assert here["shmem"] == int(figures["Shmem"]) << 10
    assert here["kernel_stacks"] == int(figures["KernelStack"]) << 10


# Of meminfo of other machines: items in KiB.
OTHERS = {
    "slab-only": {"slab": 340204, "slab_reclaimable": None, "vmalloc": None},  # L11
    "balloon": {"balloon": 1000000, "zswap": 1500000, "slab": 0, "unaccounted": -404000},  # L11
    "lxcfs-host-parts": {"anon": 12719924, "cache": 760660, "unaccounted": "absent"},  # L22
    "vmalloc-before-4.4": {"vmalloc": None, "kernel_stacks": 5800},  # L25
}


@pytest.mark.parametrize("name", OTHERS)
def test_figures_of_other_machines(mounts, tmp_path, name):
    (tmp_path / "empty").write_text("")
    over = {"/proc/meminfo": MEMINFO / name, "/proc/zoneinfo": tmp_path / "empty", "/proc/iomem": tmp_path / "empty"}
    rows = items(rows_of(run_over(over, MEMTOP, "budget", "--all", "--format", "json")))
    for item, kib in OTHERS[name].items():
        assert rows.get(item, "absent") == (kib << 10 if isinstance(kib, int) else kib), item


def test_L22_mixed_figures_are_named_as_such(mounts):
    over = {"/proc/meminfo": MEMINFO / "lxcfs-host-parts"}
    process = run_over(over, MEMTOP, "budget", "--format", "json")
    assert items(rows_of(process))["mixed"] < 0
    assert all(row["share"] is None or abs(row["share"]) <= 100 for row in rows_of(process))
    hints = [json.loads(line) for line in process.stdout.splitlines() if b'"hint"' in line]
    assert any(hint["text"].startswith("figures of a container and of its host are mixed") for hint in hints)
    text = run_over(over, MEMTOP, "budget")
    assert re.search(rb"(?m)^mixed .*lxcfs", text.stdout)
    assert b"are mixed in /proc/meminfo" in text.stdout


def test_L22_a_virtio_balloon_is_counted_by_vmstat(mounts, tmp_path):
    (tmp_path / "empty").write_text("")
    (tmp_path / "vmstat").write_text("balloon_inflate 140000\nballoon_deflate 8928\nballoon_migrate 0\n")
    over = {"/proc/zoneinfo": tmp_path / "empty", "/proc/iomem": tmp_path / "empty",
            "/proc/meminfo": MEMINFO / "normal", "/proc/vmstat": tmp_path / "vmstat"}
    rows = rows_of(run_over(over, MEMTOP, "budget", "--all", "--format", "json", "-F", "item,part,bytes,figure"))
    assert [row["figure"] for row in rows if row["item"] == "balloon"] == [131072 * os.sysconf("SC_PAGESIZE")]
    # Drivers that take the balloon off MemTotal leave the same size between that and what is installed.
    (tmp_path / "iomem").write_text("00100000-%08x : System RAM\n" % ((16302620 << 10) + (563 << 20) + 0xfffff))
    over["/proc/iomem"] = tmp_path / "iomem"
    (tmp_path / "meminfo").write_text(re.sub(r"(?m)^(AnonPages: +)\d+", r"\g<1>7500000", (MEMINFO / "normal").read_text()))
    over["/proc/meminfo"] = tmp_path / "meminfo"
    text = run_over(over, MEMTOP, "budget").stdout.decode()
    if "installed" not in text:
        pytest.skip("/proc/iomem cannot be seen here")
    assert "; the host has 512M back (balloon); firmware, the kernel's image and its page descriptors keep 51.0M" in text


@pytest.mark.parametrize("content", ["", "nonsense\n", "MemTotal: -\n", "MemTotal: 9007199254740992 kB\n",
                                     (MEMINFO / "total-0").read_text()])
def test_without_a_total_there_is_an_error(mounts, tmp_path, content):
    path = tmp_path / "meminfo"
    path.write_text(content)
    process = run_over({"/proc/meminfo": path}, MEMTOP, "budget")
    assert process.returncode == 1 and process.stdout == b""
    assert process.stderr == b"memtop budget: cannot read /proc/meminfo: it has no MemTotal above 0\n"


def test_an_ordinary_user_is_told_what_is_missing(open_folder):
    program = open_folder / "memtop"
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "budget"]
    process = subprocess.run([*words, "--format", "csv", "-F", "item,part,bytes"], capture_output=True)
    if os.geteuid() != 0 or process.returncode == 127:
        pytest.skip("needs to become another user")
    assert process.returncode == 0
    assert process.stderr == (b"memtop budget: slab caches (/proc/slabinfo) unknown: Permission denied "
                              b"(only root may read it)\n")
    assert b"slab_unreclaimable,," in process.stdout


@pytest.fixture
def open_folder():
    """A copy of the program where everybody may run it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        subprocess.run(["cp", MEMTOP, folder], check=True)
        yield Path(folder)


def test_text_has_a_head_and_the_rows_that_are_there():
    text = memtop("budget").stdout.decode()
    lines = text.splitlines()
    assert re.match(r"Budget of MemTotal +\d[\d.]*[KMGT]  \d{4}-\d\d-\d\dT", lines[0])
    heading = next(i for i, line in enumerate(lines) if line.startswith("NAME"))
    assert lines[heading].split() == ["NAME", "SIZE", "%TOTAL", "WHAT"]
    names = [line[:22].rstrip() for line in lines[heading + 1 :]]
    assert names[-1] == "unaccounted" and names[names.index("page cache") + 1].startswith("  ")


def test_explain_calculates_with_the_figures(mounts):
    path = MEMINFO / "normal"
    figures = {key: int(value) << 10 for key, value in re.findall(r"(?m)^(\w+): +(\d+)", path.read_text())}
    text = run_over({"/proc/meminfo": path}, MEMTOP, "budget", "--explain", "-e", "b").stdout.decode()
    cached, shmem = figures["Cached"], figures["Shmem"]
    [cache] = re.findall(r"(?m)^page cache +(\d+) .*\n((?: .*\n)+)", text)
    assert int(cache[0]) == cached - shmem
    lines = [line.strip() for line in cache[1].splitlines()]
    assert lines[:2] == [f"= FIGURE {cached} - ELSEWHERE {shmem}", "from meminfo: Cached - Shmem"]
    assert lines[2].startswith("note: ")
    [unaccounted] = re.findall(r"(?m)^unaccounted +(-?\d+) .*\n += FIGURE (\d+) - ELSEWHERE (\d+)", text)
    assert int(unaccounted[0]) == int(unaccounted[1]) - int(unaccounted[2])
    assert int(unaccounted[1]) == figures["MemTotal"]


def test_explain_leaves_the_formats_for_machines_alone():
    plain, explained = (memtop("budget", "--format", "json", "--all", *more) for more in ([], ["--explain"]))
    names = [sorted(row["item"] for row in rows_of(output)) for output in (plain, explained)]
    assert names[0] == names[1]


def test_blocks_say_what_has_grown():
    process = memtop("budget", "-d", "0.2", "-n", "2", "--all", "--format", "json")
    rows = rows_of(process)
    half = len([row for row in rows if row["change"] is None and row["item"] == "free" and row["part"] is None])
    assert half == 1
    last = [row for row in rows if row["item"] == "free" and row["part"] is None][-1]
    first = [row for row in rows if row["item"] == "free" and row["part"] is None][0]
    assert last["change"] == last["bytes"] - first["bytes"]


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["x"], "unexpected word 'x'"),
        (["-F", "nothing"], "--fields"),
        (["-d", "x"], "--delay"),
        (["--format", "x"], "--format"),
    ],
)
def test_what_is_wrong_is_one_line(arguments, line):
    process = memtop("budget", *arguments)
    assert process.returncode == 2 and process.stdout == b""
    assert len(process.stderr.splitlines()) == 1 and line in process.stderr.decode()


# What is made on the live machine


@contextmanager
def anonymous(size, advice=mmap.MADV_NOHUGEPAGE, after=None):
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(advice)
    block = b"\1" * (16 * MIB)
    for start in range(0, size, len(block)):
        memory[start : start + len(block)] = block
    if after is not None:
        memory.madvise(after)
    yield
    memory.close()


@contextmanager
def in_tmpfs(size):
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as file:
        for _ in range(size // MIB):
            file.write(b"\1" * MIB)
        file.flush()
        yield


@contextmanager
def in_cache(size):
    """A file that is one hole costs no disk, but its contents are cached."""
    with tempfile.NamedTemporaryFile(dir="/var/tmp") as file:
        file.truncate(size)
        with open(file.name, "rb") as reader:
            while reader.read(16 * MIB):
                pass
        yield


@contextmanager
def page_tables(size):
    """A page in each 2 MiB, of the one page of zeros: nothing is used but the tables."""
    reach = size // 4096 * 2 * MIB
    memory = mmap.mmap(-1, reach, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE,
                       prot=mmap.PROT_READ)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    for start in range(0, reach, 2 * MIB):
        memory[start]
    yield
    memory.close()


@contextmanager
def dentries(size):
    """Names that were looked for and are not there."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        handle = os.open(folder, os.O_PATH)
        try:
            for number in range(size // 192):
                os.access(f"a-name-that-is-not-there-{number}", os.F_OK, dir_fd=handle)
            yield
        finally:
            os.close(handle)


@contextmanager
def huge_pool(size):
    before = HUGE_POOL.read_text()
    HUGE_POOL.write_text(str(int(before) + size // (2 * MIB)))
    try:
        if int(HUGE_POOL.read_text()) < int(before) + size // (2 * MIB):
            pytest.skip("memory is too fragmented for a pool of huge pages")
        yield
    finally:
        HUGE_POOL.write_text(before)


@contextmanager
def huge_pages_in_use(size):
    with huge_pool(size):
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_HUGETLB
        memory = mmap.mmap(-1, size, flags=flags)
        for start in range(0, size, 2 * MIB):
            memory[start] = 1
        yield
        memory.close()


def available():
    with open("/proc/meminfo") as file:
        return int(re.search(r"MemAvailable: +(\d+)", file.read())[1]) << 10


def needs_root():
    if os.geteuid() != 0 or not os.access(HUGE_POOL, os.W_OK):
        pytest.skip("only root may set huge pages aside")


def keeps_files_in_memory(folder):
    return run("stat", "-f", "-c", "%T", folder).stdout.strip() in (b"tmpfs", b"ramfs")


def settled():
    """The budget when nothing is under way.

    Where the host of a virtual machine plugs memory in, a block of it, 128 MiB, is in MemTotal for
    some tenths of a second before the kernel has it as free.
    """
    last = budget()
    for _ in range(30):
        time.sleep(0.4)
        last, before = budget(), last
        if abs(items(last)["unaccounted"] - items(before)["unaccounted"]) < 8 * MIB:
            break
    return last


def is_calm(before, after):
    return all(abs(size - (items(before)[item] or 0)) < 0.03 * GIB
               for item, size in items(after).items() if size is not None)


def what_differs(before, after, item, name):
    """What of a budget did not grow as it should when a GiB was made of `item`, and of its part `name`."""
    grown = {item: items(after)[item] - items(before)[item]}
    if name:
        grown[name] = part(after, item, name) - part(before, item, name)
    wrong = {key: size for key, size in grown.items() if abs(size - GIB) >= 0.03 * GIB}
    drift = items(after)["unaccounted"] - items(before)["unaccounted"]
    if abs(drift) >= 0.005 * sum(size for size in items(after).values() if size is not None):
        wrong["unaccounted"] = drift
    return wrong


@pytest.mark.parametrize(
    "make, item, name",
    [
        (anonymous, "anon", None),
        (lambda size: anonymous(size, after=mmap.MADV_FREE), "anon", None),
        (lambda size: anonymous(size, advice=mmap.MADV_HUGEPAGE), "anon", "huge"),
        (in_tmpfs, "shmem", "/dev/shm"),
        (in_cache, "cache", None),
        (page_tables, "page_tables", None),
        (dentries, "slab_reclaimable", None),
        (huge_pool, "huge_pages", "2M free"),
        (huge_pages_in_use, "huge_pages", "2M used"),
    ],
    ids=["anonymous", "madv_free", "thp", "tmpfs", "cache", "page_tables", "dentries", "pool", "huge_in_use"],
)
def test_what_is_made_grows_where_it_belongs(make, item, name):
    """Other processes take and free memory meanwhile, so it may differ in four rounds.

    Nothing else on a machine grows by a GiB within 3 % each time that this test makes one. A round
    in which it did not agree counts where the machine was calm: its budget was the same before the
    GiB was made and after it was freed.
    """
    if option("b_sanitize") != "none":
        pytest.skip("these figures are the kernel's: they are compared without sanitizers")
    if available() < 4 * GIB:
        pytest.skip("not enough memory available")
    if item == "huge_pages":
        needs_root()
    if name == "huge" and "[never]" in Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text():
        pytest.skip("there are no transparent huge pages here")
    if make in (in_cache, dentries) and keeps_files_in_memory("/var/tmp"):
        pytest.skip("the file system keeps its files in memory")
    differences = []
    for _ in range(15):
        before = settled()
        with make(GIB):
            after = settled()
        wrong = what_differs(before, after, item, name)
        if not wrong:
            return
        if is_calm(before, settled()):
            differences.append(wrong)
        if len(differences) == 5:
            pytest.fail(f"five calm rounds differ: {differences}")
    pytest.skip("other processes take and free too much memory")
