# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop free equals free of procps-ng 4, byte for byte: figures, messages and exit status."""

import itertools
import json
import random
import re
import shutil

import pytest
from conftest import FIXTURES, MEMTOP, memtop, option, run, run_over

FREE = ["free"]
MEMTOP_FREE = [MEMTOP, "free"]

pytestmark = pytest.mark.skipif(
    not shutil.which("free") or b"procps-ng 4" not in run("free", "--version").stdout,
    reason="there is no free of procps-ng 4 to compare with",
)

BOTH = pytest.mark.parametrize("program", [FREE, MEMTOP_FREE], ids=["free", "memtop"])
FREE_HAS_LINE = shutil.which("free") and run("free", "-L").returncode == 0  # since 4.0.4

MEMINFO = sorted((FIXTURES / "meminfo").iterdir())
NORMAL = {"/proc/meminfo": FIXTURES / "meminfo" / "normal"}
LONG_UNITS = ["--kilo", "--mega", "--giga", "--tera", "--peta", "--kibi", "--mebi", "--gibi", "--tebi", "--pebi"]
UNITS = ["-b", "-k", "-m", "-g", *LONG_UNITS]
SWITCHES = ["-h", "--si", "-l", "-t", "-v", "-w", "-s .001 -c 2"]
LONG = "bytes human si lohi total seconds count committed wide".split() + [unit[2:] for unit in LONG_UNITS]

# fmt: off
OPTIONS = [
    "", "--", *UNITS, *SWITCHES,
    *(f"{unit} {switch}" for unit in UNITS for switch in ["-h", "--si", "-lw"]),
    *(" ".join(pair) for pair in itertools.combinations(SWITCHES, 2)), "--si -h", "-w -l",
    "--bytes", "--human", "--lohi", "--total", "--committed", "--wide", "--count=1", "--count 1", "-c1",
    "-hlt", "-tlh", "-wvtl", "-bw", "-kt", "-mvl", "-gtw", "-ltvwh", "-lll", "-tc1", "-ws.001 -c2",
    "-hltvw --si -s .001 -c 3", "--mega --si -tv", "--tebi --wide --lohi --total --committed",
    "--seconds .001 --count 2", "--seconds=,001 --count=2", "-s +.001 -c 2", "-s ' .001' -c +2",
    "-s 0.000001 -c ' 2'", "-s 1000000000 -c 1", "-c 3 -s 1 -s .001 -c 2",
]
BAD_OPTIONS = [
    *(f"-c '{count}'" for count in ["0", "-1", "x", "1x", " ", "0x1", "2147483648", "9" * 20, "-" + "9" * 20]),
    *(f"-s '{seconds}'" for seconds in [
        "0", "-1", "x", "1x", "", " ", "nan", "inf", "1e9", "1e", "1.5.2", "1.5x", "1,5,", "1 ", "- 1",
        "0x1p3", "-0", "-.5", "0.0000001", ".", "-", "--1"]),
    *(" ".join(pair) for pair in itertools.product(["-b", "-k", "--mega", "--pebi"], repeat=2)), "-kg",
    "-x", "-bx", "--unknown", "--bytes=3", "--si=1", "-c", "-s", "--count", "--seconds", "-hc", "-\\?",
    "word", "-b word", "word -b", "-- -b", "-", "''", "-c 0 -s 0", "-s 1 -c 0", "-t -c 1 -c x", "-x -b -b",
]
# fmt: on

# Runs a program with each line of options, after a heading on both streams, and tells the status.
LOOP = r"""
while IFS= read -r options; do
	echo "== $options"
	echo "== $options" >&2
	eval "\"\$@\" $options" </dev/null
	echo "status $?"
done
"""


def as_free(text):
    return text.replace("memtop free", "free").replace("memtop-free", "free")


def without_line(text):
    """Usage as free 4.0.2 prints it: later ones know -L."""
    return re.sub(r"^ -L, .*\n", "", text, flags=re.M)


def transcript(program, options, mounted):
    """What the program writes to both streams for each line of options, and its exit status."""
    command = ["timeout", 100, "sh", "-c", LOOP, "sh", *program]
    result = run_over(mounted, *command, timeout=120, input="".join(f"{line}\n" for line in options).encode())
    errors = result.stderr.decode()
    return result.stdout.decode(), without_line(errors) if program == FREE else as_free(errors)


def skip_if_free_wraps(mounted):
    """Between 4.0.2 and 4.0.7 free began to print -128 as 18014398509481856; memtop stays with -128."""
    if FREE_HAS_LINE and re.search(r" -\d", transcript(MEMTOP_FREE, ["-b -tvlw"], mounted)[0]):
        pytest.skip("this free prints figures below zero as huge ones")


def assert_equals_free(options, mounted):
    skip_if_free_wraps(mounted)
    free_output, free_errors = transcript(FREE, options, mounted)
    output, errors = transcript(MEMTOP_FREE, options, mounted)
    assert output.count("status ") == len(options)
    assert output.splitlines() == free_output.splitlines()
    assert errors.splitlines() == free_errors.splitlines()
    assert (output, errors) == (free_output, free_errors)


def shared_out(options, turn):
    """Each turn has every third of them; with sanitizers, where a run takes ten times as long, fewer."""
    step = 3 if option("b_sanitize") == "none" else 14
    return options[turn % step::step]


@pytest.mark.parametrize("meminfo", MEMINFO, ids=lambda path: path.name)
def test_every_option_prints_what_free_prints(mounts, meminfo):
    assert_equals_free(shared_out(OPTIONS, MEMINFO.index(meminfo)), {"/proc/meminfo": meminfo})


def test_wrong_options_fail_as_in_free(mounts):
    assert_equals_free(BAD_OPTIONS, NORMAL)
    assert set(re.findall("status .*", transcript(MEMTOP_FREE, BAD_OPTIONS, NORMAL)[0])) == {"status 1"}


def test_the_pause_is_not_longer_than_asked(mounts):
    """At a second each these would not end before the time limit of transcript()."""
    assert_equals_free(["-s .001 -c 201"], NORMAL)


def test_an_empty_count_is_wrong():
    """free adds the cause of whatever failed last, which depends on the locale's files."""
    message = b"free: failed to parse count argument: ''"
    assert run("free", "-c", "").stderr.startswith(message)
    result = memtop("free", "-c", "")
    assert (result.stdout, result.stderr, result.returncode) == (b"", b"memtop " + message + b"\n", 1)


def test_abbreviations_mean_what_they_mean_in_free(mounts):
    """All but --l: it was --lohi until free 4.0.4 brought --line. --j and --e are new in memtop, as is --cgroup."""
    shortened = {f"--{name[:length]}" for name in LONG for length in range(1, len(name) + 1)} - {"--l", "--c"}
    assert_equals_free(sorted(shortened), NORMAL)
    first_line = memtop("free", "--c").stderr.splitlines()[0]
    assert first_line == b"memtop free: option '--c' is ambiguous; possibilities: '--committed' '--count' '--cgroup'"
    first_line = memtop("free", "--l").stderr.splitlines()[0]
    assert first_line == b"memtop free: option '--l' is ambiguous; possibilities: '--lohi' '--line'"


def test_help_is_that_of_free_and_a_few_options():
    result = memtop("free", "--help")
    rest, own = re.subn(r"^ +(-L, )?--(line|json|explain|delay|format|cgroup)[ \[].*\n", "", result.stdout.decode(), flags=re.M)
    assert (result.stderr, result.returncode, own) == (b"", 0, 6)
    assert as_free(rest) == without_line(run("free", "--help").stdout.decode())


def test_U14_the_options_of_the_other_commands_are_understood():
    def keys(*options):
        return [list(json.loads(line)) for line in memtop("free", *options).stdout.splitlines()]
    assert keys("--format", "json", "--delay", "0,01", "-c", "2") == keys("--json") * 2
    assert memtop("free", "--format", "text").stdout.startswith(b"      ")
    result = memtop("free", "--format", "xml")
    assert (result.returncode, result.stderr) == (1, b"memtop free: --format 'xml': not one of text, json\n")


RANDOM_KEYS = """MemTotal MemFree MemAvailable Buffers Cached SwapCached SwapTotal SwapFree Shmem SReclaimable
    CommitLimit Committed_AS HighTotal HighFree LowTotal LowFree""".split()


def random_meminfo(random_source):
    """Up to 40 PiB; half of the files hold together, in the others any figure may exceed any other."""
    text, limit = "", 40 << 40
    for key in RANDOM_KEYS:
        if key in ("MemTotal", "MemFree") or random_source.random() < 0.9:
            ceiling = random_source.choice([2000, 1 << random_source.randint(1, 45), limit])
            value = min(random_source.randrange(ceiling), limit)
            text += f"{key + ':':<15} {value:>8} kB\n"
            limit = value if key == "MemTotal" and random_source.random() < 0.5 else limit
    return text


@pytest.mark.parametrize("seed", range(40))
def test_random_figures_print_as_in_free(mounts, tmp_path, seed):
    random_source = random.Random(seed)
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(random_meminfo(random_source))
    options = [f"{unit} -tvlw" for unit in UNITS] + ["-h", "-h --si", "-hltvw", "-hltvw --si"]
    options += [" ".join(random_source.sample([*SWITCHES[:6], random_source.choice(UNITS)], 4)) for _ in range(4)]
    assert_equals_free(shared_out(options, seed), {"/proc/meminfo": meminfo})


@pytest.mark.parametrize("options", ["-g", "-gtlw", "--giga --si"])
def test_the_machine_itself_looks_as_in_free(options):
    """Figures move between two runs, so once is enough."""
    assert any(memtop("free", *options.split()).stdout == run("free", *options.split()).stdout for _ in range(100))


@pytest.mark.parametrize("options", ["-b", "-htlv", "-w"])
def test_the_machine_itself_has_the_lines_of_free(options):
    shapes = [re.sub(rb" +[\d.]+", b" N", run(*program, options).stdout) for program in [FREE, MEMTOP_FREE]]
    assert re.sub(rb"[BKMGTP]i?", b"", shapes[0]) == re.sub(rb"[BKMGTP]i?", b"", shapes[1])


def test_fractions_follow_the_locale(mounts, tmp_path):
    if run("localedef", "-i", "de_DE", "-f", "UTF-8", tmp_path / "de_DE.UTF-8").returncode != 0:
        pytest.skip("localedef cannot make a locale here")
    locale = ["env", "-u", "LC_ALL", f"LOCPATH={tmp_path}", "LC_NUMERIC=de_DE.UTF-8"]
    outputs = [run_over(NORMAL, *locale, *program, "-h").stdout for program in [FREE, MEMTOP_FREE]]
    assert outputs[0] == outputs[1]
    assert b" 8,0Gi " in outputs[1]


# As free of procps-ng 4.0.7 prints them for fixtures/meminfo/normal, the blank at the end included.
LINE = "SwapUse     2097152 CachUse     7721732  MemUse     8372208 MemFree     1204388 \n"
LINES = {
    "-L": LINE,
    "--line": LINE,
    "-L -t -v -l -w": LINE,
    "-L -c 1": LINE,
    "-L -s .001 -c 2": LINE + LINE,
    "-L -h": "SwapUse       2.0Gi CachUse       7.4Gi  MemUse       8.0Gi MemFree       1.1Gi \n",
    "-L -b": "SwapUse  2147483648 CachUse  7907053568  MemUse  8573140992 MemFree  1233293312 \n",
    "-L --si": "SwapUse     2147483 CachUse     7907053  MemUse     8573140 MemFree     1233293 \n",
    "-Lh --si": "SwapUse        2.1G CachUse        7.9G  MemUse        8.6G MemFree        1.2G \n",
    "-Lg": "SwapUse           2 CachUse           7  MemUse           7 MemFree           1 \n",
    "--mega --line": "SwapUse        2147 CachUse        7907  MemUse        8573 MemFree        1233 \n",
}


def test_line_prints_what_newer_free_prints(mounts):
    expected = "".join(f"== {options}\n{text}status 0\n" for options, text in LINES.items()), ""
    if FREE_HAS_LINE:
        assert_equals_free(LINES, NORMAL)
    output, errors = transcript(MEMTOP_FREE, LINES, NORMAL)
    assert (output, re.sub("== .*\n", "", errors)) == expected


STREAMS = {
    '"$@" > /dev/full': ("write error\n", 1),
    '"$@" -s .001 -c 2 > /dev/full': ("write error\n", 1),
    'ASAN_OPTIONS=verify_asan_link_order=0 stdbuf -oL "$@" > /dev/full': ("write error\n", 1),
    '"$@" --help > /dev/full': ("write error: No space left on device\n", 1),
    '"$@" >&-': ("write error\n", 1),
    '"$@" -s .001 -c 2 >&-': ("write error\n", 1),
    '"$@" >&- 2>&-': ("", 1),
    '"$@" <&-': ("", 0),
    '"$@" <&- 2>&-': ("", 0),
    '"$@" -x 2> /dev/full': ("", 1),
    '"$@" -x >&- 2>&-': ("", 1),
}


@BOTH
@pytest.mark.parametrize("script", STREAMS)
def test_streams_that_cannot_be_used(program, script):
    errors, status = STREAMS[script]
    result = run("sh", "-c", script, "sh", *program)
    assert as_free(result.stderr.decode()) == (f"free: {errors}" if errors else "")
    assert result.returncode == status
    assert result.stdout.startswith(b" ") == (status == 0)


@BOTH
def test_a_reader_that_leaves_ends_it_by_signal(program):
    script = '{ timeout 20 "$@" -s .001; echo $? >&2; } | head -n 1'
    result = run("sh", "-c", script, "sh", *program)
    assert result.stdout.count(b"\n") == 1
    assert result.stderr == b"141\n"


@pytest.mark.parametrize("options", ["-s .001", "-s .001 -L", "-s .001 --json", "-s .001 --explain"])
def test_without_the_signal_it_ends_quietly(options):
    """free itself would go on for ever."""
    script = 'trap "" PIPE; { timeout 20 "$@"; echo $? >&2; } | head -n 1'
    result = run("sh", "-c", script, "sh", *MEMTOP_FREE, *options.split())
    assert result.stderr == b"0\n"


NO_MEMINFO = b"free: Memory information file /proc/meminfo does not exist\n"


@BOTH
def test_a_proc_without_meminfo(mounts, program):
    script = 'mount -t proc -o subset=pid proc /proc || exit 77; exec "$@" -t'
    result = run("unshare", "--pid", "--fork", "-rm", "sh", "-c", script, "sh", *program)
    if result.returncode == 77:
        pytest.skip("such a /proc cannot be mounted here")
    assert result.stdout == b""
    assert result.stderr in (NO_MEMINFO, b"memtop " + NO_MEMINFO)
    assert result.returncode == 1


KEYS = {
    "total": "MemTotal",
    "free": "MemFree",
    "shared": "Shmem",
    "buffers": "Buffers",
    "swap_total": "SwapTotal",
    "swap_free": "SwapFree",
    "swap_cached": "SwapCached",
    "commit_limit": "CommitLimit",
    "committed": "Committed_AS",
    "page_cache": "Cached",
    "anon": "AnonPages",
    "slab_reclaimable": "SReclaimable",
    "high_total": "HighTotal",
    "high_free": "HighFree",
}


def json_over(name, *options):
    result = run_over({"/proc/meminfo": FIXTURES / "meminfo" / name}, *MEMTOP_FREE, "--json", *options)
    assert (result.stderr, result.returncode) == (b"", 0)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["kind"] for line in lines].count("hint") == (name == "available-above-total")
    return [line for line in lines if line["kind"] != "hint"]


@pytest.mark.parametrize("name", [path.name for path in MEMINFO if path.name != "empty"])
def test_json_has_the_bytes_of_the_file(mounts, name):
    text = (FIXTURES / "meminfo" / name).read_text()
    kilobytes = {key: int(value) for key, value in re.findall(r"^(\w+): +(\d+) kB$", text, flags=re.M)}
    [figures] = json_over(name)
    for column, key in KEYS.items():
        value = kilobytes.get(key, 1 << 64) * 1024
        assert figures[column] == (value if value <= 1 << 58 else None), column
    assert figures["kind"] == "system"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", figures["time"])
    assert all(value is None or type(value) is int for key, value in figures.items() if key not in ("kind", "time"))


def test_json_of_sums_and_of_what_is_unknown(mounts):
    [figures] = json_over("normal", "-h", "--si", "-L")
    assert figures["used"] == (16302620 - 7930412) * 1024
    assert figures["cache"] == (6810244 + 498712) * 1024
    assert figures["buff_cache"] == (412776 + 6810244 + 498712) * 1024
    assert figures["available"] == 7930412 * 1024
    assert figures["swap_used"] == (8388604 - 6291452) * 1024
    assert json_over("no-available")[0]["available"] is None
    assert json_over("lxcfs-swap")[0]["swap_free"] is None


def test_json_repeats_on_lines_of_their_own(mounts):
    lines = json_over("normal", "-s", ".001", "-c", "2")
    assert [line["kind"] for line in lines] == ["system", "system"]
    assert lines[0]["time"] <= lines[1]["time"]
    assert lines[0] == {**lines[1], "time": lines[0]["time"]}


EXPLANATIONS = {
    "": ("used", "8372208", "= total 16302620 - available 7930412"),
    "-h": ("used", "8.0Gi", "= total 15Gi - available 7.6Gi"),
    "-b": ("cache", "7484370944", "= page cache 6973689856 + slab rec 510681088"),
    "-m": ("buff/cache", "7540", "= buffers 403 + cache 7137"),
}


@pytest.mark.parametrize("options", EXPLANATIONS)
def test_explain_calculates_with_the_figures(mounts, options):
    result = run_over(NORMAL, *MEMTOP_FREE, "--explain", *options.split())
    name, value, arithmetic = EXPLANATIONS[options]
    lines = result.stdout.decode().splitlines()
    [here] = [i for i, line in enumerate(lines) if line.split()[:2] == [name, value]]
    assert lines[here + 1].strip() == arithmetic
    assert lines[here + 2].strip().startswith("from /proc/meminfo: ")
    assert (result.stderr, result.returncode) == (b"", 0)


def test_explain_says_what_others_would_call_used(mounts):
    figures = dict(re.findall(r"(?m)^(\w+): +(\d+)", NORMAL["/proc/meminfo"].read_text()))
    total, free, cached = (int(figures[key]) for key in ("MemTotal", "MemFree", "Cached"))
    cached += int(figures["Buffers"]) + int(figures["SReclaimable"])
    text = run_over(NORMAL, *MEMTOP_FREE, "--explain").stdout.decode()
    assert f"free before 4.0.1 and htop {total - free - cached}, free before 3.3.10 {total - free}." in text


def test_explain_shows_what_is_unknown_as_such(mounts):
    text = run_over({"/proc/meminfo": FIXTURES / "meminfo" / "no-available"}, *MEMTOP_FREE, "--explain").stdout.decode()
    assert re.search(r"(?m)^used +- ", text) and re.search(r"= total \d+ - available -", text)


def test_L12_an_available_above_total_is_told(mounts):
    over = {"/proc/meminfo": FIXTURES / "meminfo" / "available-above-total"}
    sentence = "used and available unknown: MemAvailable is above MemTotal, as in some containers"
    hints = [json.loads(line) for line in run_over(over, *MEMTOP_FREE, "--json").stdout.splitlines()][1:]
    assert [hint["text"].startswith(sentence) for hint in hints] == [True]
    result = run_over(over, *MEMTOP_FREE, "--explain")
    assert result.stderr.decode().startswith("memtop free: " + sentence) and result.returncode == 0
    batch = run_over(over, MEMTOP, "batch", "-n", "1", "--format", "json").stdout.splitlines()
    assert any(json.loads(line).get("text", "").startswith(sentence) for line in batch)
    assert run_over(over, *MEMTOP_FREE).stderr == b""  # what free prints stays as it is


def test_L23_used_below_0_is_replaced_as_old_free_and_htop_do(mounts):
    over = {"/proc/meminfo": FIXTURES / "meminfo" / "cached-above-total"}
    text = run_over(over, *MEMTOP_FREE, "--explain").stdout.decode()
    assert "free before 4.0.1 and htop 3736776, free before 3.3.10 3736776." in text
