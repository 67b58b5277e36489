# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole-program tests share: TAP output, running memtop, and other files in /proc."""

import atexit
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from _pytest._io import TerminalWriter

# What starts the tests may ignore these, as nohup does and a shell for what runs in the background (T2).
for ignored in (signal.SIGHUP, signal.SIGQUIT, signal.SIGINT, signal.SIGTERM):
    if signal.getsignal(ignored) == signal.SIG_IGN:
        signal.signal(ignored, signal.SIG_DFL)

MEMTOP = os.environ["MEMTOP"]
SOURCE = Path(os.environ["SOURCE"])
BUILD = Path(os.environ["BUILD"])


def folder_in_memory():
    """A new folder that ends with the tests, where no disk delays who reads or writes."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="memtop-test-", dir=place))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# memtop takes a command line that does not come within 20 ms for one that is blocked.
FIXTURES = folder_in_memory() / "fixtures"
shutil.copytree(SOURCE / "tests" / "fixtures", FIXTURES, symlinks=True)

# For a mount namespace: the machine's log has kills of its own, which a tree of files knows nothing of.
NO_KERNEL_LOG = "{ ! test -e /dev/kmsg || mount --bind /dev/null /dev/kmsg; }"


class Tap:
    """Prints one TAP line a test, for meson to count."""

    def __init__(self):
        self.count = 0
        self._tw = TerminalWriter(sys.stderr)  # pytest 8 asks for it, to show what differs

    def say(self, text):
        print(text, file=sys.__stdout__, flush=True)

    def pytest_collectreport(self, report):
        if report.failed:
            self.count += 1
            self.say(f"not ok {self.count} - {report.nodeid}")
            print(report.longrepr, file=sys.stderr)

    def pytest_runtest_logreport(self, report):
        if report.when == "setup" and report.passed or report.when == "teardown" and not report.failed:
            return
        self.count += 1
        name = report.nodeid.split("::", 1)[-1].replace("#", "")
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected failure"
            self.say(f"ok {self.count} - {name} # SKIP {reason.removeprefix('Skipped: ')}")
        elif report.passed:
            self.say(f"ok {self.count} - {name}")
        else:
            line = f"not ok {self.count} - {name}"
            self.say(line)
            print(line, report.longreprtext, sep="\n", file=sys.stderr)

    def pytest_sessionfinish(self):
        self.say(f"1..{self.count}")


def option(name):
    """An option of this build."""
    options = json.loads((BUILD / "meson-info" / "intro-buildoptions.json").read_text())
    return next(option["value"] for option in options if option["name"] == name)


def pytest_configure(config):
    config.option.verbose = 0  # without its terminal reporter pytest lacks this, but asks for it
    config.pluginmanager.register(Tap(), "terminalreporter")


def can_mount():
    """Whether files can be bind-mounted over /proc here, as root or in a user namespace."""
    probe = "mount --bind /proc/version /proc/meminfo"
    return subprocess.run(["unshare", "-rm", "sh", "-c", probe], capture_output=True).returncode == 0


@pytest.fixture(scope="session")
def mounts():
    if not can_mount():
        pytest.skip("bind mounts over /proc are not permitted here")


@pytest.fixture
def actor():
    """Starts actors; each has said "ready" and is ended when the test is over."""
    started = []

    def start(*arguments):
        words = [os.fsencode(word) for word in arguments]
        process = subprocess.Popen(
            [BUILD / "tests" / "e2e" / "actor", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        started.append(process)
        assert process.stdout.readline() == b"ready\n"
        return process.pid

    yield start
    for process in started:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def run(*command, **options):
    """Runs a command to its end and returns the completed process; its output is bytes."""
    options.setdefault("timeout", 60)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([str(word) for word in command], **options)


def memtop(*arguments, **options):
    return run(MEMTOP, *arguments, **options)


def run_over(mounted, *command, **options):
    """Runs a command in a mount namespace where each file or folder lies over its target.

    `mounted` maps a target ("/proc/meminfo") to what is mounted over it. A tree over all of /proc
    has a self/environ that turns the leak checker off: it needs the real /proc.
    """
    script = ["hostname server"]  # lines that are cut would depend on its length
    script += [NO_KERNEL_LOG]
    script += [f"mount --bind {shlex.quote(str(source))} {target}" for target, source in mounted.items()]
    script.append('exec "$@"')
    return run("unshare", "-rmu", "sh", "-c", " && ".join(script), "sh", *command, **options)


def golden(name, output):
    """Compares with tests/golden/NAME, or rewrites that where UPDATE is set.

    The kernel's name, the time of the run and what memtop itself has used are replaced; all else must be the same to
    the byte.
    """
    output = re.sub(rb'"kernel": "[^"]*"', b'"kernel": "KERNEL"', output)
    output = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}Z|\+00:00)", b"TIME", output)
    output = re.sub(rb'"(self_cputime|since)": [\d.e-]+', rb'"\1": NUMBER', output)
    path = SOURCE / "tests" / "golden" / name
    if os.environ.get("UPDATE"):
        path.write_bytes(output)
    assert output == path.read_bytes()
