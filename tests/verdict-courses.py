#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes courses of a machine for tests/unit/test-verdict.c into tests/fixtures/verdict.

    verdict-courses.py                          writes those that are made up
    verdict-courses.py NAME EXPECTED < JSON     makes one of a real run, recorded by
        memtop batch -d 5 -n 60 --format json -F pid,comm,anon,swap --filter 'anon>8M'

A course has "system" and "processes" with columns of memtop's tables: a number for all readings, or
a list with one for each. "expect" is the state at the end; with "calm" no reading may be another.
"""

import datetime
import json
import random
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "fixtures/verdict"
SECONDS, COUNT = 5, 48
MIB, GIB = 2**20, 2**30
TOTAL = 32 * GIB
CALM = {"total": TOTAL, "available": 20 * GIB, "swap_total": 0, "swap_used": 0, "swap_free": 0,
        "shared": 300 * MIB, "slab_unreclaimable": 400 * MIB, "psi_some_avg10": 0.0, "psi_full_avg10": 0.0,
        "oom_kills": 0}
SWAP = {"swap_total": 8 * GIB, "swap_used": 1 * GIB, "swap_free": 7 * GIB}


def noise(size, seed):
    chance = random.Random(seed)
    return [int(chance.uniform(-size, size)) for _ in range(COUNT)]


def course(name, expect, system, processes=(), **more):
    content = {"expect": expect, "interval": SECONDS, "readings": COUNT, **more,
               "system": {**CALM, **system}, "processes": list(processes)}
    (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1).replace(",\n   ", ",") + "\n")


def process(pid, comm, anon):
    return {"pid": pid, "comm": comm, "anon": anon}


def less(start, use, extra=None):
    """What is available if so much more is used than at the start."""
    return [start - amount - (extra[i] if extra else 0) for i, amount in enumerate(use)]


def harmless():
    some = noise(20 * MIB, 1)
    rows = [process(100, "postgres", 6 * GIB), process(200, "java", 4 * GIB)]
    calm = {"calm": True}
    course("idle", "ok", {"available": less(20 * GIB, some)}, rows, text="20.0G available, steady", **calm)
    jobs = [(3 * GIB if i % 4 < 2 else 1 * GIB) + int(random.Random(i).uniform(0, GIB)) for i in range(COUNT)]
    course("compile", "ok", {"available": less(20 * GIB, jobs)}, rows, **calm)
    course("cold-cache", "ok", {"available": less(20 * GIB, some), "free": [18 * GIB - i * 300 * MIB for i in range(COUNT)]},
           rows, **calm)
    course("old-full-swap", "ok", {"swap_total": 8 * GIB, "swap_used": 8 * GIB, "swap_free": 0, "swap_in_bytes_rate": 0,
                                   "swap_out_bytes_rate": 0}, rows, **calm)
    files = [min(i, 12) * 300 * MIB for i in range(COUNT)]
    course("tmpfs-that-stops", "ok", {"available": less(20 * GIB, files), "shared": [300 * MIB + f for f in files]}, rows, **calm)
    burst = [8 * GIB if 20 <= i < 24 else 0 for i in range(COUNT)]
    course("burst", "ok", {"available": less(20 * GIB, burst, some)}, rows, **calm)
    level = [int(6 * GIB * (1 - 0.8 ** i)) for i in range(COUNT)]
    course("start-that-levels", "ok", {"available": less(20 * GIB, level, some)}, [*rows, process(300, "java", level)], **calm)
    tooth = [int((i % 7) / 7 * GIB) for i in range(COUNT)]
    course("collector", "ok", {"available": less(20 * GIB, tooth, some)}, [*rows, process(300, "java", [GIB + t for t in tooth])],
           **calm)
    slow = [i * 400 * 1024 for i in range(COUNT)]
    course("slow-leak", "ok", {"available": less(20 * GIB, slow)}, [*rows, process(300, "slow", [GIB + s for s in slow])], **calm)
    course("swaps-out-what-is-cold", "ok", {**SWAP, "swap_out_bytes_rate": 30 * MIB, "swap_out_rate": 7500.0,
           "swap_in_bytes_rate": 0, "swap_in_rate": 0.0, "anon_refault_rate": 0.0, "psi_some_avg10": 3.0}, rows, **calm)
    course("comes-back-from-swap", "ok", {**SWAP, "swap_in_bytes_rate": 20 * MIB, "swap_in_rate": 5120.0,
           "swap_out_bytes_rate": 0, "swap_out_rate": 0.0, "anon_refault_rate": 100.0, "psi_some_avg10": 12.0}, rows, **calm)
    course("large-machine", "ok", {"total": 1024 * GIB, "available": 40 * GIB}, rows, **calm)
    course("some-wait", "ok", {"psi_some_avg10": 30.0, "psi_full_avg10": 2.0}, rows, **calm)
    course("group-at-nine-tenths", "ok", {"nearest_cgroup": "/db", "nearest_limit": 10 * GIB, "headroom": GIB}, rows, **calm)
    course("old-kill", "ok", {"oom_kills": 3, "last_kill": -660.0, "last_kill_comm": "worker"}, rows, **calm)
    course("no-pressure-file", "ok", {"psi_some_avg10": None, "psi_full_avg10": None}, rows, **calm)


def bad():
    rows = [process(100, "postgres", 6 * GIB), process(200, "java", 4 * GIB)]
    leak = [i * 35 * MIB for i in range(COUNT)]  # 420 MiB a minute
    leaky = process(300, "leaky", [GIB + a for a in leak])
    left = 12 * GIB - leak[-1]
    minutes = left / (420 * MIB)
    course("leak", "filling", {"available": less(12 * GIB, leak, noise(8 * MIB, 2))}, [*rows, leaky], who="leaky",
           gone=60 * minutes, text="available, gone in 25 min (")
    course("leak-noisy", "filling", {"available": less(12 * GIB, leak, noise(60 * MIB, 3))}, [*rows, leaky], who="leaky",
           gone=60 * minutes)
    tooth = [(i % 4) * 50 * MIB for i in range(COUNT)]
    course("leak-below-a-collector", "filling", {"available": less(12 * GIB, leak, tooth)}, [*rows, leaky], who="leaky",
           gone=60 * minutes)
    faster = [int(4 * MIB * 1.14 ** i) for i in range(COUNT)]  # it doubles in 26 seconds
    course("leak-faster-and-faster", "filling", {"available": less(12 * GIB, faster)},
           [*rows, process(300, "faster", [GIB + a for a in faster])], who="faster", text="at the latest")
    course("leak-into-swap", "filling", {**SWAP, "available": less(8 * GIB, leak)}, [*rows, leaky], who="leaky",
           gone=60 * (8 * GIB - leak[-1] + 7 * GIB) / (420 * MIB), text=" of swap, gone in ")
    course("tmpfs-fills", "filling", {"available": less(12 * GIB, leak), "shared": [300 * MIB + a for a in leak]}, rows,
           who="tmpfs and shared memory", gone=60 * minutes)
    course("kernel-leaks", "filling", {"available": less(12 * GIB, leak), "slab_unreclaimable": [400 * MIB + a for a in leak]}, rows,
           who="kernel memory", gone=60 * minutes)
    many = [process(1000 + n, f"worker{n}", [20 * MIB + a // 40 for a in leak]) for n in range(40)]
    course("many-leak", "filling", {"available": less(12 * GIB, leak)}, [*rows, *many], text="many processes together",
           gone=60 * minutes)
    mended = [min(a, leak[30]) for a in leak]
    course("leak-that-is-mended", "ok", {"available": less(12 * GIB, mended)}, [*rows, process(300, "leaky", mended)])
    course("low", "low", {"available": 900 * MIB}, rows, who="postgres", text="900M available of 32.0G, largest postgres 6.0G, since ")
    course("stalled", "stalled", {"available": 900 * MIB, "psi_some_avg10": 60.0, "psi_full_avg10": 34.5}, rows, who="postgres",
           text="all tasks waited 34.5% of 10 s")
    swaps = {**SWAP, "swap_in_bytes_rate": 12 * MIB, "swap_in_rate": 3072.0, "swap_out_bytes_rate": 30 * MIB, "swap_out_rate": 7680.0,
             "psi_some_avg10": 15.0, "psi_full_avg10": 4.0}
    course("swapping", "swapping", {**swaps, "anon_refault_rate": 2900.0}, rows, who="postgres",
           text="in 12.0M/s, out 30.0M/s, largest postgres 6.0G, since ")
    course("swapping-before-5.9", "swapping", {**swaps, "anon_refault_rate": None}, rows, who="postgres")
    course("group-at-its-limit", "limit", {"nearest_cgroup": "/system.slice/db.service", "nearest_limit": 512 * MIB,
           "headroom": 12 * MIB}, rows, text="/system.slice/db.service has 12.0M left of 512M, since ")
    course("killed", "killed", {"oom_kills": 34, "last_kill": -180.0, "last_kill_comm": "worker"}, rows,
           text="worker at ")
    course("killed-and-low", "killed", {"oom_kills": 1, "last_kill": -60.0, "last_kill_comm": "worker", "available": 900 * MIB}, rows,
           who="postgres", text=", 1 kill since boot; now low: 900M available of 32.0G, largest postgres 6.0G")
    course("killed-and-filling", "killed", {"oom_kills": 1, "last_kill": -60.0, "last_kill_comm": "worker",
           "available": less(12 * GIB, leak, noise(8 * MIB, 2))}, [*rows, leaky], who="leaky", gone=60 * minutes,
           text="since boot; now filling: 10.4G available, gone in 25 min (24 to 26): leaky +420M/min")
    course("no-meminfo", "unknown", {"total": None, "available": None}, rows, text="cannot be read")


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def from_batch(name, expect):
    """Keeps the columns that a verdict is made of, in the form above."""
    wanted = [*CALM, "free", "swap_in_rate", "swap_out_rate", "swap_in_bytes_rate", "swap_out_bytes_rate", "anon_refault_rate",
              "kernel_stack", "page_tables", "per_cpu", "nearest_cgroup", "nearest_limit", "headroom", "last_kill_comm"]
    systems, rows = [], {}
    for line in map(json.loads, sys.stdin):
        if line["kind"] == "system":
            systems.append(line)
        elif line["kind"] == "process":
            row = rows.setdefault((line["pid"], line["comm"]), {"anon": {}, "swap": {}})
            for column in row:
                row[column][len(systems) - 1] = line.get(column)
    if expect == "killed":
        wanted.append("last_kill")
    else:
        wanted.remove("last_kill_comm")
    readings = range(len(systems))
    system = {key: [line.get(key) for line in systems] for key in wanted if key in systems[-1]}
    if "last_kill" in system:
        system["last_kill"] = [kill and round(kill - seconds(line["time"]), 3) for kill, line in zip(system["last_kill"], systems)]
    system = {key: values[0] if len(set(values)) == 1 else values for key, values in system.items()}
    processes = [{"pid": pid, "comm": comm, **{key: [values.get(i) for i in readings] for key, values in row.items()}}
                 for (pid, comm), row in rows.items()]
    content = {"expect": expect, "interval": 5, "readings": len(systems), "system": system, "processes": processes}
    (FOLDER / f"real-{name}.json").write_text(json.dumps(content, indent=1).replace(",\n   ", ",") + "\n")


FOLDER.mkdir(exist_ok=True)
if len(sys.argv) == 3:
    from_batch(*sys.argv[1:])
else:
    harmless()
    bad()
