# SPDX-License-Identifier: GPL-3.0-or-later
"""What the files of a memory cgroup say, by the columns of memtop groups."""

NONE = 9223372036854771712  # how version 1 writes that there is no limit (K14)


def number(folder, name):
    """What a file says, "none" for no limit, None without it."""
    try:
        text = (folder / name).read_text().strip()
    except OSError:
        return None
    return "none" if text == "max" or int(text) >= NONE else int(text)


def keys(folder, name):
    try:
        text = (folder / name).read_text()
    except OSError:
        return {}
    return {key: int(value) for key, value in (line.split() for line in text.splitlines())}


def figures_of_version_1(folder):
    stat, current = keys(folder, "memory.stat"), number(folder, "memory.usage_in_bytes")
    both, failures = number(folder, "memory.memsw.usage_in_bytes"), number(folder, "memory.memsw.failcnt")
    return {
        "current": current,
        "workset": current - min(current, stat["total_inactive_file"]),
        "cgroup_anon": min(current, stat["total_rss"]),
        "cgroup_file": min(current, stat["total_cache"]),
        "cgroup_shmem": min(current, stat["total_shmem"]),
        "kernel": number(folder, "memory.kmem.usage_in_bytes"),
        "sock": number(folder, "memory.kmem.tcp.usage_in_bytes"),
        "cgroup_swap": None if both is None else both - current,
        "peak": number(folder, "memory.max_usage_in_bytes"),
        "max": number(folder, "memory.limit_in_bytes"),
        "max_events": number(folder, "memory.failcnt") + (failures or 0),
        "kills": keys(folder, "memory.oom_control").get("oom_kill"),
        "high": None, "psi_some": None, "dying": None, "removed": None, "pids": None,
    }


def figures_of_version_2(folder):
    stat, current = keys(folder, "memory.stat"), number(folder, "memory.current")
    events = keys(folder, "memory.events")
    return {
        "current": current,
        "workset": current - min(current, stat["inactive_file"]),
        "cgroup_anon": min(current, stat["anon"]),
        "cgroup_file": min(current, stat["file"]),
        "cgroup_shmem": stat["shmem"],
        "cgroup_swap": number(folder, "memory.swap.current"),
        "peak": number(folder, "memory.peak"),
        "max": number(folder, "memory.max"),
        "high": number(folder, "memory.high"),
        "low": number(folder, "memory.low"),
        "min": number(folder, "memory.min"),
        "swap_max": number(folder, "memory.swap.max"),
        "high_events": events["high"],
        "max_events": events["max"],
        "ooms": events["oom"],
        "kills": events["oom_kill"],
        "pids": number(folder, "pids.current"),
        "dying": keys(folder, "cgroup.stat").get("nr_dying_descendants"),
    }


FIGURES = {1: figures_of_version_1, 2: figures_of_version_2}
