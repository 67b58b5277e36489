# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows after each of the bytes that a program has sent to it."""

import re
from typing import NamedTuple

import pyte

COLUMNS, LINES = 160, 50


class Terminal(pyte.Screen):
    """pyte's screen, with what xterm can do and pyte cannot."""

    last = " "

    def __init__(self):
        super().__init__(COLUMNS, LINES)

    def draw(self, data):
        super().draw(data)
        self.last = data[-1]

    def repeat(self, count=1):
        self.draw(self.last * (count or 1))

    def scroll_up(self, count=1):
        x, y = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.bottom if self.margins else self.lines - 1
        for _ in range(count or 1):
            self.index()
        self.cursor.x, self.cursor.y = x, y

    def scroll_down(self, count=1):
        x, y = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        for _ in range(count or 1):
            self.reverse_index()
        self.cursor.x, self.cursor.y = x, y

    def tab_back(self, count=1):
        for _ in range(count or 1):
            self.cursor.x = max((stop for stop in self.tabstops if stop < self.cursor.x), default=0)

    def select_graphic_rendition(self, *attributes, **_):
        super().select_graphic_rendition(*attributes)

    def set_margins(self, top=None, bottom=None, **_):
        super().set_margins(top, bottom)


class Stream(pyte.ByteStream):
    csi = pyte.ByteStream.csi | {"b": "repeat", "S": "scroll_up", "T": "scroll_down", "Z": "tab_back"}
    events = pyte.ByteStream.events | {"repeat", "scroll_up", "scroll_down", "tab_back"}


class Row(NamedTuple):
    """A process on the screen. Whether it is highlighted, its background tells."""

    y: int
    pid: int
    text: str
    command: str  # and before it its indent in a tree
    background: str


class Emulator:
    def __init__(self):
        self.terminal = Terminal()
        self.stream = Stream(self.terminal)

    def feed(self, data):
        self.stream.feed(data)

    def text(self, y):
        line = self.terminal.buffer[y]
        return "".join(line[x].data for x in range(COLUMNS))

    def background(self, y, x):
        cell = self.terminal.buffer[y][x]
        return cell.fg if cell.reverse else cell.bg

    def rows(self):
        """The processes that are shown: the lines with a number below the heading PID."""
        heading = edge = command = None
        found = []
        for y in range(LINES):
            text = self.text(y)
            if heading is None:
                heading = re.search(r"\bPID\b|\bPid:", text)
                edge = heading and heading.end()
                command = text.find("COMMAND")
            elif number := re.search(r"(?<!\S)(\d+) ?$", text[max(0, heading.start() - 8) : edge]):
                found.append(Row(y, int(number[1]), text, text[command:], self.background(y, edge - 1)))
        return found
