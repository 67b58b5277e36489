# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the cases in the logs of some build folders and prints the one line that sums them up."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

passed = failed = skipped = 0
for folder in sys.argv[1:]:
    log = Path(folder) / "meson-logs" / "testlog.junit.xml"
    if not log.exists():
        print(f"{folder}: no test was run")
        failed += 1
        continue
    for case in ElementTree.parse(log).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            print(f"failed: {folder} {case.get('classname')} {case.get('name')}")
        elif case.find("skipped") is not None:
            skipped += 1
            reason = case.find("skipped").get("message") or ""
            print(f"skipped: {folder} {case.get('classname')} {case.get('name')} {reason}")
        else:
            passed += 1
if passed + failed == 0:
    failed = 1
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed else 0)
