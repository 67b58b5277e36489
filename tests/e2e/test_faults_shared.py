# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop faults while perf records the same faults (F8)."""

import shutil
from collections import Counter

import pytest
from conftest import run
from test_faults import PERIOD, PLACES, Run, assert_close, count, perf, samples_of  # noqa: F401

# reuse: one address, for anonymous memory and then for a memfd.
STEPS = ["reuse=4000", "memfd=3000", "heap=4000", "reuse=4000"]

RECORDS = {
    "each": ["-c", "1"],
    "each by our clock": ["-c", "1", "-k", "CLOCK_MONOTONIC"],
    "each by a clock that is not set right": ["-c", "1", "-k", "CLOCK_MONOTONIC_RAW"],
    "each by the time of day": ["-c", "1", "-k", "CLOCK_REALTIME"],
    "each with its callers": ["-c", "1", "-g"],
    "some per second": ["-F", "997"],
    "two events": ["-c", "1", "-e", "page-faults"],
}


@pytest.fixture(scope="session")
def record(tmp_path_factory):
    """Begins a command line of perf record."""
    command = ["perf", "record", "-q", "-o", tmp_path_factory.mktemp("perf") / "data", "-e", "minor-faults"]
    if not shutil.which("perf"):
        pytest.skip("perf is not installed")
    process = run(*command, "-c", "1", "true")
    if process.returncode != 0:
        pytest.skip(f"perf cannot record here: {process.stderr.decode().strip()}")
    return command


@pytest.mark.parametrize("options", RECORDS.values(), ids=RECORDS)
def test_F8_below_perf_record_the_split_is_right(perf, record, tmp_path, options):  # noqa: F811
    found = Run(tmp_path, ["--by", "segment"], STEPS, before=[*record, *options])
    rows = samples_of(found.rows)
    exact = Counter()
    for step in found.steps:
        exact[PLACES.get(step["step"], (None,))[0]] += step["minor"]
    del exact[None]
    assert set(exact) == {"anon", "shared", "heap"}
    # What a busy machine loses is said, and may have been of any segment.
    lost = found.system["sampler_lost"] * PERIOD
    for segment, faults in exact.items():
        estimate = count(rows, segment=segment)
        assert faults >= 4000
        assert_close(min(max(estimate, faults), estimate + lost), faults)
    assert count(rows, segment="unknown") <= 3 * PERIOD
    assert lost or "unsampled" not in [row["segment"] for row in found.rows]
