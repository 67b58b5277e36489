# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the cases in the logs of some build folders and prints the one line that sums them up."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

STORY_LINES = 40

passed = failed = skipped = 0
stories = []


def reason_of(suite, name):
    """Why a case was skipped: behind # SKIP in its line of TAP, which meson keeps as it was."""
    for line in (suite.findtext("system-out") or "").splitlines():
        if f"ok {name} # SKIP " in line:
            return line.split("# SKIP ", 1)[1]
    return "it does not say why"


def story_of(suite, name):
    """The end of what a failed case told: what stands behind its line of TAP, or all there is."""
    told = suite.findtext("system-err") or ""
    told = told.split(f"not ok {name}\n", 1)[-1].split("\nnot ok ", 1)[0]
    return "".join(f"    {line}\n" for line in told.strip().splitlines()[-STORY_LINES:])


def suites_of(log):
    """The suites of a log, without the control characters of a failure's output: XML has none."""
    text = re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", log.read_text(errors="replace"))
    return ElementTree.fromstring(text.split("?>", 1)[1]).iter("testsuite")


def ended_early(folder):
    """The suites that a timeout ended: of these the log has only the cases that came before."""
    log = Path(folder) / "meson-logs" / "testlog.json"
    results = [json.loads(line) for line in log.read_text(errors="replace").splitlines()] if log.exists() else []
    return [result["name"] for result in results if result["result"] in ("TIMEOUT", "INTERRUPT")]


for folder in sys.argv[1:]:
    log = Path(folder) / "meson-logs" / "testlog.junit.xml"
    if not log.exists():
        print(f"{folder}: no test was run")
        failed += 1
        continue
    for name in ended_early(folder):
        failed += 1
        print(f"failed: {folder} {name}: it did not come to its end in time")
    for suite in suites_of(log):
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                line = f"failed: {folder} {case.get('classname')} {case.get('name')}"
                print(line)
                stories.append(f"{line}\n{story_of(suite, case.get('name'))}")
            elif case.find("skipped") is not None:
                skipped += 1
                print(f"skipped: {folder} {case.get('name')}: {reason_of(suite, case.get('name'))}")
            else:
                passed += 1
print("".join(stories), end="")
if passed + failed == 0:
    failed = 1
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed else 0)
