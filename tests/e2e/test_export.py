# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop export: the text that Prometheus takes, the file for node_exporter, the answer to a request."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
from conftest import BUILD, MEMTOP, SOURCE, memtop
from screen_on_pty import wait_until

RULES = SOURCE / "data" / "prometheus"
DASHBOARD = SOURCE / "data" / "grafana" / "memtop.json"
NAME = r"[a-z][a-z0-9_]*"
VALUE = r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?"
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:{NAME}="(?:[^"\\\n]|\\[\\"n])*",?)+)\}})? ({VALUE})')
LABEL = re.compile(rf'({NAME})="((?:[^"\\]|\\.)*)"')


def parse(text):
    """The samples by name and labels. Each metric is there once, with HELP and TYPE before its samples."""
    samples, types, current = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            assert current not in types and len(line.split(" ", 3)) == 4
            types[current] = None
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and kind in ("gauge", "counter")
            assert (kind == "counter") == name.endswith("_total")
            types[name] = kind
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            assert name == current and types[name] and name.startswith("memtop_")
            key = name, tuple(LABEL.findall(labels or ""))
            assert key not in samples
            samples[key] = float(value)
    assert all(any(key[0] == name for key in samples) for name in types)  # none without a sample
    return samples


def export(*options):
    done = memtop("export", *options)
    assert (done.returncode, done.stderr) == (0, b"")
    return parse(done.stdout.decode())


def of(samples, name):
    return {dict(labels).get(name.split("_")[1]): value for (found, labels), value in samples.items() if found == name}


def test_the_text_is_what_prometheus_takes():
    samples = export()
    total = samples["memtop_memory_total_bytes", ()]
    assert sum(value for (name, _), value in samples.items() if name == "memtop_budget_bytes") == total
    states = [value for (name, _), value in samples.items() if name == "memtop_memory_state"]
    assert sorted(states) == [0] * 6 + [1]
    own = {"memtop_build_info", "memtop_export_timestamp_seconds", "memtop_export_duration_seconds",
           "memtop_export_cpu_seconds_total", "memtop_export_series"}
    assert samples["memtop_export_series", ()] == len([key for key in samples if key[0] not in own])
    assert not [labels for _, labels in samples if any(name in ("pid", "command", "path") for name, _ in labels)]


def test_the_largest_are_named_and_the_sum_is_that_of_all():
    programs = of(export("--top", "3"), "memtop_program_processes")
    assert len(programs) == 4 and "other" in programs
    everyone = of(export("--top", "30"), "memtop_program_processes")
    assert abs(sum(everyone.values()) - sum(programs.values())) < 200  # others come and go
    for value in ("0", "31", "x"):
        done = memtop("export", "--top", value)
        assert (done.returncode, done.stdout) == (2, b"") and b"not a number from 1 to 30" in done.stderr


def test_parts_have_a_metric_of_their_own():
    assert not [name for name, _ in export() if name == "memtop_budget_part_bytes"]
    names = {name for name, _ in export("--parts")}
    assert {"memtop_budget_bytes", "memtop_budget_part_bytes"} <= names


def test_every_command_with_names_writes_metrics():
    for command in (["groups"], ["groups", "--by", "user"], ["budget"], ["kernel", "zones"], ["kernel", "reclaim"]):
        done = memtop(*command, "--format", "prometheus")
        assert done.returncode == 0 and parse(done.stdout.decode())
    done = memtop("batch", "--format", "prometheus")
    assert done.returncode == 2 and b"is for rows whose names stay" in done.stderr and done.stderr.count(b"\n") == 1
    for options in (["-d", "1"], ["-n", "2"], ["--to", "03:12"]):
        done = memtop("budget", "--format", "prometheus", *options)
        assert done.returncode == 2 and b"memtop export" in done.stderr
    done = memtop("groups", "--by", "tree", "--format", "prometheus")
    assert done.returncode == 2 and b"--by tree makes no metrics" in done.stderr


# Names of programs, and what a label of them is in the text. The last two would be the same without escapes.
HOSTILE = {'a"b': r"a\"b", "a\\b": r"a\\\\b", "a\nb": r"a\\nb", "\x1b[1m": r"\\x1b[1m", "\xff\xfe": r"\\xff\\xfe",
           r"\xff\xfe": r"\\\\xff\\\\xfe"}


def test_hostile_names_of_programs_do_not_break_the_text(tmp_path):
    processes = []
    try:
        for name in HOSTILE:
            program = os.fsencode(tmp_path) + b"/" + name.encode("latin-1")
            shutil.copy("/bin/sleep", program)
            processes.append(subprocess.Popen([program, b"60"]))
        done = memtop("groups", "--by", "program", "--format", "prometheus")
    finally:
        for process in processes:
            process.kill()
            process.wait()
    programs = of(parse(done.stdout.decode()), "memtop_program_processes")
    assert {label: programs.get(label) for label in HOSTILE.values()} == {label: 1 for label in HOSTILE.values()}


def start(path, *options, env=None):
    return subprocess.Popen([MEMTOP, "export", "--textfile", path, "-d", "0.1", *options],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def end(process, number=signal.SIGTERM):
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def test_a_file_is_whole_at_any_time_and_gone_at_the_end(tmp_path):
    path = tmp_path / "memtop.prom"
    process = start(path)
    try:
        wait_until(path.exists)
        seen = set()
        deadline = time.monotonic() + 60
        while len(seen) < 5 and time.monotonic() < deadline:
            seen.add(parse(path.read_text())["memtop_export_timestamp_seconds", ()])
        assert len(seen) == 5
        assert path.stat().st_mode & 0o777 == 0o644
    finally:
        assert end(process) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_one_leaves_a_whole_file(tmp_path):
    path = tmp_path / "memtop.prom"
    for _ in range(10):
        process = start(path)
        wait_until(path.exists)
        time.sleep(0.02)
        process.kill()
        process.communicate()
        assert parse(path.read_text())
        path.unlink()
    left = set(tmp_path.iterdir())  # each may have left the beginning of a text
    assert all(name.name.startswith(".memtop.prom.") and name.suffix == ".new" for name in left)
    assert memtop("export", "-n", "1", "-t", path).returncode == 0
    assert set(tmp_path.iterdir()) == left | {path}


def test_a_clock_that_is_set_back_delays_nothing(tmp_path):
    path, clock = tmp_path / "memtop.prom", tmp_path / "clock"

    def stamp():
        return parse(path.read_text())["memtop_export_timestamp_seconds", ()]

    clock.write_text("0")
    environment = {**os.environ, "LD_PRELOAD": str(BUILD / "tests/e2e/libwall-clock.so"), "WALL_CLOCK": str(clock),
                   "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
    process = start(path, env=environment)
    try:
        wait_until(path.exists)
        before = stamp()
        clock.write_text("-3600")
        wait_until(lambda: stamp() < before - 3000)
        after = stamp()
        wait_until(lambda: after < stamp() < before)
    finally:
        assert end(process) == (0, b"", b"")


def test_the_file_may_stay(tmp_path):
    path = tmp_path / "memtop.prom"
    done = memtop("export", "-t", path, "-n", "2", "-d", "0.01")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert parse(path.read_text())
    process = start(path, "--keep")
    before = path.stat().st_ino
    try:
        wait_until(lambda: path.stat().st_ino != before)
    finally:
        assert end(process) == (0, b"", b"")
    assert path.exists()


def test_a_file_that_cannot_be_written_is_told_once(tmp_path):
    path = tmp_path / "not-there" / "memtop.prom"
    process = start(path)
    try:
        complaint = process.stderr.readline()
        time.sleep(0.3)  # it tries again meanwhile
        path.parent.mkdir()
        wait_until(path.exists)
    finally:
        status, output, errors = end(process)
    assert (status, output, errors) == (0, b"", b"")
    assert complaint.startswith(b"memtop export: cannot write ") and complaint.endswith(b": No such file or directory\n")
    done = memtop("export", "-t", tmp_path / "neither" / "x.prom", "-n", "1")
    assert done.returncode == 1


def test_a_full_disk_leaves_the_last_text(tmp_path):
    done = subprocess.run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=16k x \"$2\" && cd \"$2\" && "
                           "\"$1\" export -n 1 -t memtop.prom && cp memtop.prom /dev/stdout && "
                           "dd if=/dev/zero of=full bs=1k 2>/dev/null; "
                           "\"$1\" export -n 1 -t memtop.prom; echo \"status $?\"; cat memtop.prom; ls -A",
                           "sh", MEMTOP, tmp_path], capture_output=True, text=True, timeout=120)
    if "Operation not permitted" in done.stderr:
        pytest.skip("a mount namespace is not permitted here")
    text, rest = done.stdout.split("status 1\n")
    assert rest == text + "full\nmemtop.prom\n"
    assert done.stderr.endswith("cannot write memtop.prom: No space left on device\n")


# A machine that is short of memory, as /proc/meminfo says it.
LOW = "MemTotal: 1000000 kB\nMemFree: 10000 kB\nMemAvailable: 20000 kB\nBuffers: 0 kB\nCached: 20000 kB\n"


def test_a_machine_in_trouble_is_told_to_the_journal(tmp_path):
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.bind(str(tmp_path / "journal"))
    journal.settimeout(60)
    (tmp_path / "meminfo").write_text(LOW)
    done = subprocess.run(["unshare", "-rm", "sh", "-c", "mount --bind \"$2\"/meminfo /proc/meminfo && exec \"$1\" export "
                           "-n 3 -d 0.1 -t \"$2\"/memtop.prom --journal=\"$2\"/journal", "sh", MEMTOP, tmp_path],
                          capture_output=True, text=True, timeout=120)
    if "Operation not permitted" in done.stderr or "ermission denied" in done.stderr:
        pytest.skip("a mount namespace is not permitted here")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    entry = journal.recv(65536)
    assert b"\nMEMTOP_EVENT=state\nMEMTOP_STATE=low\n" in entry
    assert entry.startswith(b"MESSAGE=memory low: 19.5M available") and b"\nPRIORITY=2\n" in entry


def test_options_without_effect_are_refused(tmp_path):
    for options in (["--journal"], ["--keep"], ["-n", "1"], ["-d", "5"]):
        done = memtop("export", *options)
        assert (done.returncode, done.stdout) == (2, b"") and b"are about --textfile" in done.stderr
    done = memtop("export", "-n", "1", "-t", tmp_path / "x.prom", f"--journal={tmp_path}/nowhere")
    assert done.returncode == 0 and done.stderr.endswith(b"nowhere: No such file or directory\n")


def test_what_is_no_plain_file_is_not_replaced(tmp_path):
    fifo, link = tmp_path / "fifo", tmp_path / "link"
    os.mkfifo(fifo)
    link.symlink_to("elsewhere")
    for path in (fifo, link, "/dev/null"):
        done = memtop("export", "-n", "1", "-t", path)
        assert done.returncode == 2 and b"is no plain file" in done.stderr
    assert fifo.is_fifo() and link.is_symlink()


def test_ids_of_entries_are_those_of_the_manual():
    header = (SOURCE / "src" / "output" / "notices.h").read_text()
    ids = re.findall(r'"([0-9a-f]{32})"', header)
    manual = (SOURCE / "man" / "memtop-export.1.scd").read_text()
    assert len(set(ids)) == 3 and all(f"*{each}*" in manual for each in ids)


def request(text, close=True):
    here, there = socket.socketpair()
    process = subprocess.Popen([MEMTOP, "export", "--http"], stdin=there, stdout=there, stderr=subprocess.PIPE)
    there.close()
    for part in text if isinstance(text, list) else [text]:
        here.sendall(part)
        time.sleep(0.05)
    if close:
        here.shutdown(socket.SHUT_WR)
    answer = b""
    while more := here.recv(65536):
        answer += more
    here.close()
    _, errors = process.communicate(timeout=60)
    return process.returncode, answer, errors


def test_a_request_is_answered():
    status, answer, errors = request([b"GET /metrics HTTP/1.1\r\nHost:", b" x\r\n\r\n"], close=False)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status, errors) == (0, b"")
    assert head.startswith(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert parse(body.decode())


@pytest.mark.parametrize("text", [b"POST /metrics HTTP/1.1\r\n\r\n", b"\n\n", b"x" * 16384],
                         ids=["post", "empty", "long"])
def test_what_is_no_request_is_refused(text):
    status, answer, errors = request(text)
    assert status == 1 and answer.startswith(b"HTTP/1.0 400 Bad Request\r\n") and errors.count(b"\n") == 1


def test_a_request_that_ends_early_is_no_request():
    status, answer, errors = request(b"GET / HTTP/1.0\r\n")
    assert (status, answer, errors.count(b"\n")) == (1, b"", 1)


def expressions(value):
    """All expressions of the dashboard."""
    if isinstance(value, dict):
        own = [value["expr"]] if "expr" in value else []
        return own + [found for each in value.values() for found in expressions(each)]
    return [found for each in value for found in expressions(each)] if isinstance(value, list) else []


def promtool(*arguments):
    if not shutil.which("promtool"):
        pytest.skip("promtool of Prometheus is not installed")
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=120)


def test_names_of_rules_and_dashboard_are_metrics():
    """Those of what is on this machine, and those that only others have."""
    known = {name for name, _ in export("--parts")} | {name.replace("program", "unit")
                                                       for name, _ in export() if "program" in name}
    known |= {name for name in re.findall(NAME, (SOURCE / "man" / "memtop-export.1.scd").read_text())}
    charged = {f"memtop_{kind}_{name}" for kind in ("unit", "container") for name in
               ("headroom_bytes", "effective_bytes", "psi_full_ratio", "full_ratio", "growth_1h_bytes_per_second")}
    used = set(re.findall(r"memtop_[a-z0-9_]+", (RULES / "memtop.rules.yml").read_text()))
    used |= set(re.findall(r"memtop_[a-z0-9_]+", " ".join(expressions(json.loads(DASHBOARD.read_text())))))
    assert len(used) > 10 and used <= known | charged | {"memtop_program_footprint_bytes", "memtop_unit_footprint_bytes"}


def test_promtool_finds_no_fault_in_the_metrics():
    if not shutil.which("promtool"):
        pytest.skip("promtool of Prometheus is not installed")
    text = memtop("export", "--parts").stdout
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_each_alert_fires_in_its_test():
    done = promtool("test", "rules", RULES / "memtop.rules.test.yml")
    assert done.returncode == 0 and "SUCCESS" in done.stdout
    alerts = set(re.findall(r"alert: (\w+)", (RULES / "memtop.rules.yml").read_text()))
    assert alerts == set(re.findall(r"alertname: (\w+)", (RULES / "memtop.rules.test.yml").read_text()))


def test_each_expression_of_the_dashboard_is_one(tmp_path):
    found = expressions(json.loads(DASHBOARD.read_text()))
    assert len(found) > 10
    rules = {"groups": [{"name": "x", "rules": [{"record": f"x{i}", "expr": text.replace("$instance", ".*")}
                                                for i, text in enumerate(found)]}]}
    path = tmp_path / "rules.yml"
    path.write_text(json.dumps(rules))
    done = promtool("check", "rules", path)
    assert done.returncode == 0, done.stderr
