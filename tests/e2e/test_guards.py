# SPDX-License-Identifier: GPL-3.0-or-later
"""What guards the program and its users: a machine without /proc, borrowed rights, a hardened build."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import BUILD, FIXTURES, MEMTOP, option, run
from screen_in_tmux import terminal  # noqa: F401: a fixture

@pytest.fixture
def process_of_odd_name():
    """Its command line and its name have a code point that is not assigned, one for private use and a tag."""
    script = (b"import ctypes, os, sys; ctypes.CDLL(None).prctl(15, os.fsencode(sys.argv[1])); "
              b"print(flush=True); sys.stdin.read()")
    process = subprocess.Popen([b"/usr/bin/python3", b"-c", script, "\u0378\ue000\U000e0041".encode()],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process.pid
    process.stdin.close()
    process.wait()


ODD = {
    "batch": "batch -n 1 -F comm,command -p {}",
    "csv": "batch -n 1 --format csv -F comm,command -p {}",
    "map": "map {}",
    "oom": "oom -p {} -n 500 --dry-run",
}


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize("where", ODD)
def test_S6_what_has_no_defined_width_is_escaped(process_of_odd_name, where, locale):
    process = run(MEMTOP, *ODD[where].format(process_of_odd_name).split(), env={**os.environ, "LC_ALL": locale})
    assert b"\\u0378\\ue000\\U000e0041" in process.stdout, process.stderr
    assert not re.search("[\u0378\ue000\U000e0041]", process.stdout.decode())


COMMANDS = ["", "batch -n 1", "batch --format json", "oom", "oom -p 1", "oom -n 5 -- true", "map 1", "faults -n 1",
            "faults -- true", "budget", "budget -d 1", "groups", "kernel slab", "kernel reclaim"]


def without_proc(*words):
    """A run where another file system lies over /proc: status, output and lines of errors, but those of sanitizers."""
    script = 'mount -t tmpfs nothing /proc && exec "$@"'
    process = run("unshare", "-rm", "sh", "-c", script, "sh", MEMTOP, *words)
    errors = [line for line in process.stderr.decode().splitlines() if not line.startswith("==")]
    return process.returncode, process.stdout, errors


@pytest.mark.parametrize("command", COMMANDS)
def test_S4_without_proc_each_command_says_so_in_one_line(mounts, command):
    name = " ".join(["memtop", *command.split()[:1]])
    assert without_proc(*command.split()) == (1, b"", [f"{name}: /proc is not mounted"])


def test_S4_what_needs_no_proc_works_without(mounts):
    if option("b_sanitize") != "none":
        pytest.skip("the leak checker itself needs /proc")
    assert without_proc("--version")[::2] == without_proc("batch", "--help")[::2] == (0, [])
    assert without_proc("oom", "log", "/dev/null")[::2] == (0, [])
    assert without_proc("growth", "--series", FIXTURES / "growth" / "03-leak-linear-white.csv")[::2] == (0, [])
    assert without_proc("free") == (1, b"", ["memtop free: Memory information file /proc/meminfo does not exist"])
    assert without_proc("batch", "--nonsense")[0] == 2


def test_S8_a_program_with_lent_rights_takes_no_files_from_the_environment():
    if os.geteuid() != 0 or not shutil.which("setcap"):
        pytest.skip("needs root and setcap")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        (Path(folder) / "memtop").mkdir()
        (Path(folder) / "memtop" / "config").write_text("nonsense\n")
        program = Path(folder) / "program"
        shutil.copy(MEMTOP, program)
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", f"XDG_CONFIG_HOME={folder}",
                "ASAN_OPTIONS=detect_leaks=0", "TERM=dumb", program, "-n", "1"]
        assert b"config" in run(*user).stderr
        if run("setcap", "cap_perfmon=ep", program).returncode != 0:
            pytest.skip("file capabilities cannot be set here")
        process = run(*user)
        if process.returncode < 0 or process.returncode in (126, 127):
            pytest.skip("such a program cannot be started here")
        assert b"config" not in process.stderr


def is_optimised():
    """Whether it was built with optimisation and without sanitizers."""
    return option("optimization") in ("1", "2", "3", "s") and option("b_sanitize") == "none"


def readelf(*options):
    return subprocess.run(["readelf", "-W", *options, MEMTOP], capture_output=True, text=True).stdout


# What shows that it is there.
PROTECTIONS = {
    "PIE": ("-h", r"Type: +DYN"),
    "stack protector": ("--dyn-syms", r"__stack_chk_fail"),
    "FORTIFY_SOURCE": ("--dyn-syms", r"__\w+_chk[@ ]"),
    "RELRO": ("-l", r"GNU_RELRO"),
    "immediate binding": ("-d", r"FLAGS_1.*NOW"),
    "stack without code": ("-l", r"GNU_STACK +\S+ \S+ \S+ \S+ \S+ RW "),
}


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_S7_a_release_build_is_hardened(protection):
    if not is_optimised() or not shutil.which("readelf"):
        pytest.skip("not an optimised build, or there is no readelf")
    option, pattern = PROTECTIONS[protection]
    assert re.search(pattern, readelf(option))


def test_S7_the_compiler_is_told_to_protect_stack_and_control_flow():
    if not is_optimised():
        pytest.skip("not an optimised build")
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    [main] = [unit["command"] for unit in commands if unit["file"].endswith("src/main.c")]
    for flag in ("-fstack-clash-protection", "-fcf-protection", "-fstack-protector-strong"):
        if os.uname().machine == "x86_64":
            assert flag in main


SMALL = ["free", "batch -n 1", "batch -n 1 --lock", "batch -n 1 --format json", "batch -n 1 --format csv", "oom", "oom -p 1",
         "oom --dry-run -p 1 -n 5", "map SELF", "map SELF --all", "map SELF --explain", "faults -d 0.1",
         "faults -d 0.1 -- true", "budget", "budget --explain", "groups", "groups --by cgroup", "groups --by container", "kernel slab", "kernel zones", "kernel buddy",
         "kernel reclaim", "kernel swap", "kernel nodes", "growth --series FIXTURES/growth/03-leak-linear-white.csv", "help"]


@pytest.mark.parametrize("command", SMALL)
def test_S2_a_stack_of_64_KiB_is_enough(command):
    """Each command ends as it does with the usual stack, and prints something."""
    if option("b_sanitize") != "none":
        pytest.skip("a sanitizer needs a larger stack")
    words = [MEMTOP, *command.replace("SELF", str(os.getpid())).replace("FIXTURES", str(FIXTURES)).split()]
    usual = run(*words)
    small = run("sh", "-c", 'ulimit -s 64 && exec "$@"', "sh", *words)
    assert small.returncode == usual.returncode
    assert bool(small.stdout) == bool(usual.stdout) and bool(small.stderr) == bool(usual.stderr)


FULL = [*dict.fromkeys(SMALL), "--version", "batch --help", "check --over 0.1", "check --over 0.1 --format json",
        "export", "export --parts", "export --http", "free --explain", "free --format json",
        "free -s 0.01 -c 2", "groups --format prometheus", "kernel slab --format csv", "oom --format json",
        "oom log FIXTURES/oom-log/6.18-memcg.txt", "oom log --format json FIXTURES/oom-log/6.18-memcg.txt",
        "record --status -o RECORDED", "replay --help",
        "growth --format csv --series FIXTURES/growth/03-leak-linear-white.csv"]
FULL.remove("faults -d 0.1 -- true")  # the report is on standard error


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    assert run(MEMTOP, "record", "--no-exits", "-n", "1", "-o", folder).returncode == 0
    return folder


@pytest.mark.parametrize("buffer", ["", "stdbuf -oL"], ids=["blocks", "lines"])
@pytest.mark.parametrize("command", FULL)
def test_each_command_tells_once_that_the_disk_is_full(command, buffer, recorded):
    """Whether the write that fails is the last one, or one before: then nothing may be left to write at the end."""
    words = command.replace("SELF", str(os.getpid())).replace("FIXTURES", str(FIXTURES)).replace("RECORDED", str(recorded))
    environment = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
    with open("/dev/full", "wb") as full:
        process = run(*buffer.split(), MEMTOP, *words.split(), stdout=full, input=b"GET / HTTP/1.0\r\n\r\n",
                      env=environment)
    assert process.returncode == (3 if command.startswith("check") else 1)
    assert process.stderr.count(b"write error") == 1, process.stderr


def test_each_command_is_among_those_that_find_a_full_disk():
    listed = re.findall(r"(?m)^ memtop ([a-z]+(?: log)?)  ", run(MEMTOP, "help").stdout.decode())
    assert len(listed) > 10 and not [name for name in listed if not any(one.startswith(name) for one in FULL)]


@pytest.mark.parametrize("command", ["export", "help", "groups", "map SELF --explain"])
def test_a_reader_that_has_gone_is_no_error(command):
    reader, writer = os.pipe()
    os.close(reader)
    words = command.replace("SELF", str(os.getpid())).split()
    process = run(MEMTOP, *words, stdout=writer, restore_signals=False)  # SIGPIPE stays ignored, as it is here
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, b"")


def test_S2_the_screen_has_a_stack_of_64_KiB(terminal):
    if option("b_sanitize") != "none":
        pytest.skip("a sanitizer needs a larger stack")
    terminal.run("80x24", {}, "sh", "-c", 'ulimit -s 64 && exec "$@"', "sh", MEMTOP, "--no-config", "-p", "1")
    terminal.wait_for_text("COMMAND")
    for key, text in [("Enter", "Identity"), ("x", "from "), ("Escape", "Identity"), ("q", "COMMAND"), ("a", "OOM priority"),
                      ("Escape", "COMMAND"), ("f", "[x]"), ("q", "COMMAND"), ("2", "FOOTPRINT"),
                      ("3", "BADNESS"), ("6", "page cache"), ("7", "OBJS"), ("1", "COMMAND")]:
        terminal.type(key)
        terminal.wait_for_text(text)
    terminal.type("F10")
    terminal.wait_for_end()
