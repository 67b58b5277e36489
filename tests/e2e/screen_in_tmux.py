# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen in a private tmux, over the tree of test files or over what really runs."""

import os
import re
import shutil
import subprocess
import time

import pytest
from conftest import FIXTURES, MEMTOP, SOURCE

LIMIT = 60  # seconds; only what never comes takes them
STILL = 15  # seconds; a wrong screen that has not changed for so long stays wrong

# Which lines of a golden screen count, by its name: all, all but the tabs, else the page below the header.
# A large screen also has a graph there, with a value for each refresh.
TABS, HEADER_LINES, GRAPH_LINES = 5, 6, 4
WHOLE = re.compile(r"(200x60-)?start|40x10-.*|state-.*|(ascii|settings)-40x10")
WITHOUT_TABS = re.compile(r"frozen|(no-)?colors")


def part_of(name, screen):
    lines = screen.splitlines(keepends=True)
    if WITHOUT_TABS.fullmatch(name):
        del lines[TABS:HEADER_LINES]
    elif not WHOLE.fullmatch(name):
        del lines[: HEADER_LINES + GRAPH_LINES * ("200x60" in name)]
    return "".join(lines)
SERVER_NAME = f"memtop-screen-{os.getpid()}"

# A host name of its own, so that it takes the same room everywhere, and the tree over /proc.
# The kernel's log is that of this machine: it tells nothing here, or what a test says.
START = 'hostname server && if test -e /dev/kmsg; then mount --bind "$1" /dev/kmsg; fi && mount --bind "$2" /proc && shift 2 && exec "$@"'


def clean(screen):
    """Replaces what differs from run to run: the clock, since when a state lasts, and how fast pages are swapped."""
    screen = re.sub(r" *[\d.]+[KMGTP]/s", " RATE/s", screen)
    screen = re.sub(r"(out RATE/s),.*", r"\1", screen)  # what follows moves, and is cut elsewhere
    screen = re.sub(r"(?m)^00:00 .* 24:00$", "00:00 DAY 24:00", screen)
    screen = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "YYYY-MM-DDTHH:MM:SS+00:00", screen)
    screen = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( \+[\d.e-]+s)?", "MOMENT", screen)
    screen = re.sub(r"(?m)  (\S+ )?\S+ ago$", "  AGO", screen)
    screen = re.sub(r"( at | since )\d\d:\d\d\b", r"\1HH:MM", screen)
    return re.sub(r"(?m)^(.*memtop(?:\x1b\[[\d;]*m)*  server  .*?)\d\d:\d\d:\d\d", r"\1HH:MM:SS", screen)


def canonical(output):
    """Rewrites how cells look so that one screen has one text.

    tmux tells only changes, and a blank has a colour of its own or not, depending on how it came
    to be blank. Here each change stands where it shows: before the first cell that looks so.
    """
    names = {1: ("bold", 1), 2: ("dim", 2), 4: ("underline", 4), 7: ("reverse", 7)}
    look, lines = {}, []
    for line in output.split("\n"):
        cells = []
        for part in re.split(r"(\x1b\[[\d;]*m)", line):
            if not part.startswith("\x1b["):
                visible = {key: value for key, value in look.items() if key in ("back", "reverse", "underline")}
                cells += [(char, tuple(sorted((visible if char == " " else look).items()))) for char in part]
                continue
            for code in [int(code or 0) for code in part[2:-1].split(";")]:
                if code == 0:
                    look.clear()
                elif code in names:
                    look[names[code][0]] = code
                elif code in (39, 49):
                    look.pop("fore" if code == 39 else "back", None)
                else:
                    look["fore" if code // 10 in (3, 9) else "back"] = code
        while cells and cells[-1] == (" ", ()):
            cells.pop()
        text, before = "", ()
        for char, now in cells:
            if now != before:
                text += "\x1b[" + ";".join(str(code) for _, code in now) + "m"
            text, before = text + char, now
        lines.append(text + ("\x1b[m" if before else ""))
    return "\n".join(lines)


class Terminal:
    """One session of a tmux server that no configuration and no other test can reach."""

    def __init__(self, folder):
        self.folder = folder
        self.with_looks = False

    def tmux(self, *words):
        command = ["tmux", "-u", "-L", SERVER_NAME, "-f", "/dev/null", *words]
        environment = dict(os.environ, LC_ALL="C.UTF-8", TMUX_TMPDIR=str(self.folder))
        environment.pop("TMUX", None)
        return subprocess.run(command, env=environment, capture_output=True, timeout=LIMIT)

    def start(self, size, variables, *arguments, tree=FIXTURES / "server", log="/dev/null"):
        """Over a tree of test files, at the first of two refreshes that are a day apart."""
        space = [*"unshare -rmu sh -c".split(), START, "sh", log, tree]
        self.run(size, variables, *space, MEMTOP, "--exact", "-d", "86400", *arguments)

    def run(self, size, variables, *command):
        settings = {"TERM": "screen-256color", "HOME": self.folder, "XDG_CONFIG_HOME": self.folder, **variables}
        words = ["env", "-u", "NO_COLOR", *[f"{name}={value}" for name, value in settings.items()]]
        words += command
        width, height = size.split("x")
        start = ["start-server", ";", "set-option", "-g", "status", "off", ";"]
        start += ["new-session", "-d", "-x", width, "-y", height, *[str(word) for word in words]]
        end = time.monotonic() + LIMIT
        while self.tmux(*start).returncode != 0:  # the server of an ended session may be just ending
            assert time.monotonic() < end
            time.sleep(0.05)

    def end(self):
        self.tmux("kill-server")

    def wait_for_text(self, *texts):
        """Waits until all of them are on the screen."""
        end = time.monotonic() + LIMIT
        while not all(text in (screen := self.capture()) for text in texts):
            assert time.monotonic() < end, screen
            time.sleep(0.02)

    def wait_for_end(self):
        end = time.monotonic() + LIMIT
        while self.tmux("has-session").returncode == 0:
            assert time.monotonic() < end
            time.sleep(0.02)

    def type(self, *keys):
        """Types keys by their tmux names; what begins with "=" is typed as it stands.

        "@X,Y" clicks there, "^" turns the wheel downwards, as the mouse of TERM=screen tells it.
        """
        for key in keys:
            if key[0] == "@":
                self.send_mouse([0, 3], *key[1:].split(","))  # pressed and let go, at once
                continue
            if key == "^":
                self.send_mouse([65], 0, 0)
                continue
            self.send(*(["-l", "--", key[1:]] if key[0] == "=" and len(key) > 1 else [key]))

    def send(self, *words):
        sent = self.tmux("send-keys", *words)
        assert sent.returncode == 0, sent.stderr

    def send_mouse(self, buttons, x, y):
        events = [[0x1B, ord("["), ord("M"), 32 + button, 33 + int(x), 33 + int(y)] for button in buttons]
        self.send("-H", *[f"{code:02x}" for code in sum(events, [])])

    def capture(self):
        output = self.tmux("capture-pane", "-p", *(["-e"] if self.with_looks else [])).stdout
        screen = clean(output.decode())
        return canonical(screen) if self.with_looks else screen

    def settled(self):
        """Waits until the screen has not changed for a while: only to write a golden one."""
        screen, since = "", time.monotonic()
        while time.monotonic() - since < 0.7 or not screen.strip() or "reading /proc" in screen:
            now = self.capture()
            if now != screen:
                screen, since = now, time.monotonic()
            time.sleep(0.05)

    def wait_for(self, name, again=()):
        """Waits until the screen is the golden one, typing some keys again, each time after a longer wait.

        A key ends a message, so one that came just before it would never be seen.
        """
        path = SOURCE / "tests" / "golden" / f"screen-{name}"
        if os.environ.get("UPDATE"):
            for key in again:
                self.settled()
                self.type(key)
            self.settled()
            path.write_text(part_of(name, self.capture()))
        wanted, screen, since = path.read_text(), "", time.monotonic()
        typed, pause = since, 0.5 if again else LIMIT
        while (now := part_of(name, self.capture())) != wanted and time.monotonic() - since < STILL:
            if now != screen:
                screen, since = now, time.monotonic()
            if time.monotonic() - typed > pause:
                self.type(*again)
                typed, pause = time.monotonic(), pause * 2
            time.sleep(0.02)
        assert now == wanted, now
        return now


@pytest.fixture
def terminal(mounts, tmp_path):
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.end()
