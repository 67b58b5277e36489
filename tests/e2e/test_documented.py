# SPDX-License-Identifier: GPL-3.0-or-later
"""What --help and the output show is in the manual pages and the completions, and nothing else."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import BUILD, SOURCE, memtop, run

COMPLETIONS = Path(os.environ["BUILD"]) / "data" / "completions"
COMMANDS = ["", "check", "free", "batch", "groups", "oom", "oom log", "faults", "map", "budget",
            "growth", "kernel", "record", "replay", "export", "help"]
FIRST_WORDS = list(dict.fromkeys(command.split()[0] for command in COMMANDS[1:]))
OPTION = re.compile(r" +(?:-(\w)(?: [A-Z])?, )?--([a-z-]+)(?: ([A-Z][A-Z,.]*)|(?=\[=)(\[=[A-Z]+\]))? ")

with_completions = pytest.mark.skipif(
    not (COMPLETIONS / "memtop").exists(), reason="completions are not built here")


def help_section(command, title):
    """The lines of a section of --help; the options are two or three paragraphs."""
    text = memtop(*command.split(), "--help").stdout.decode()
    lines = text.split(f"\n{title}:\n", 1)[1].splitlines()
    end = next((i for i, line in enumerate(lines) if re.match(r"\w|For more", line)), len(lines))
    return [line for line in lines[:end] if line]


def options(command):
    """(letter, name, argument) of each option; letter and argument may be empty."""
    found = [OPTION.match(line) for line in help_section(command, "Options")]
    assert len(found) >= 2 and all(found)
    return [(letter or "", name, value or optional or "") for letter, name, value, optional in map(re.Match.groups, found)]


def columns(command):
    found = [tuple(line.split()[:2]) for line in help_section(command, "Columns")]
    assert ("pid", "PID") in found
    return found


def words(command):
    """Each option as it stands on a command line."""
    return {word for letter, name, _ in options(command)
            for word in ([f"-{letter}"] if letter else []) + [f"--{name}"]}


def page(command):
    name = "-".join(["memtop", *command.split()])
    return (SOURCE / "man" / f"{name}.1.scd").read_text()


def page_section(command, title):
    sections = re.split(r"^# (.*)\n", page(command), flags=re.MULTILINE)
    return sections[sections.index(title) + 1]


def terms(command, title):
    """The lines of a section that explanations stand below."""
    lines = page_section(command, title).splitlines()
    return [line for line, below in zip(lines, lines[1:]) if below.startswith("\t") and line[:1] == "*"]


def as_term(letter, name, argument):
    """An argument "[=X]" may be left out."""
    marked = re.sub(r"\w[\w,.]*", r"_\g<0>_", argument)
    return (f"*-{letter}*, " if letter else "") + f"*--{name}*" + " " * (marked[:1] == "_") + marked


@pytest.mark.parametrize("command", COMMANDS)
def test_page_has_each_option(command):
    assert set(terms(command, "OPTIONS")) == {as_term(*option) for option in options(command)}


def test_page_of_memtop_names_each_command():
    named = [re.match(r" memtop (.*?)  ", line)[1] for line in help_section("", "Commands")]
    assert terms("", "COMMANDS") == [f"*memtop {name}*" for name in named]
    assert named == COMMANDS[1:]


def test_U14_synopsis_of_memtop_names_each_command():
    synopsis = page_section("", "SYNOPSIS")
    assert re.findall(r"^\*memtop ?(.*?)\*", synopsis, flags=re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_U14_help_prints_what_the_option_prints(command):
    done = memtop("help", *command.split())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == memtop(*command.split(), "--help").stdout


def test_U14_help_alone_lists_the_commands():
    listed = memtop("help").stdout.decode().split("\nCommands:\n", 1)[1]
    assert re.findall(r"(?m)^ memtop (.*?)  ", listed) == COMMANDS[1:]


# The options that mean the same everywhere, as --help has them.
SHARED = [("d", "delay"), ("n", "count"), ("F", "fields"), ("o", "order"), ("", "filter"), ("", "top"),
          ("", "format"), ("e", "scale"), ("w", "width")]


@pytest.mark.parametrize("command", ["", "batch", "groups", "oom", "faults", "map", "budget", "growth", "kernel"])
def test_U14_tables_have_one_set_of_options(command):
    """-n is choom's in oom."""
    found = {name: letter for letter, name, _ in options(command)}
    for letter, name in SHARED:
        assert found[name] == ("" if (command, name) == ("oom", "count") else letter)


@pytest.mark.parametrize("command", ["batch", "faults"])
def test_page_has_each_column(command):
    found = [re.match(r"\*(\S+)\* \(([^\s,)]+)[,)]", term) for term in terms(command, "COLUMNS")]
    assert all(found)
    assert {match.groups() for match in found} == set(columns(command))


def plain(text):
    """What a paragraph of a page says, without the marks and line ends of its source."""
    return " ".join(text.replace("\\", "").split())


@pytest.mark.parametrize("command", ["map", "budget", "groups", "growth", "kernel"])
def test_page_says_of_each_column_what_help_says(command):
    """Both in the same order; the orders of free blocks share one paragraph."""
    text = memtop(command, "--help").stdout.decode()
    shown = re.findall(r"(?m)^ (\w+) +(\S+) +(\S.*)", text.split("Columns:\n", 1)[1])
    shown = [row for row in shown if not row[0].startswith("order_")]
    found = re.findall(r"(?m)^\*(\w+)\* \(([^\s,)]+)[^)\n]*\)\n((?:\t.*\n)+)", page_section(command, "COLUMNS"))
    assert len(shown) > 8
    assert [(name, title, plain(about)) for name, title, about in found] == \
        [(name, title, plain(about)) for name, title, about in shown]


def test_help_of_memtop_and_batch_have_the_same_columns():
    assert columns("") == columns("batch")


def test_page_has_each_key_of_the_system_object():
    output = subprocess.run([BUILD / "tests" / "e2e" / "tables"], capture_output=True, check=True).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    documented = re.findall(r"\*(\w+)\*", "\n".join(terms("batch", "FORMATS")))
    assert sorted(documented) == sorted(row["column"] for row in rows if row["table"] == "system")


def test_page_has_each_key_of_an_event():
    rows = (SOURCE / "src" / "model" / "event.c").read_text()
    keys = re.findall(r'\{ "(\w+)", "[^"]*", NULL,', rows)
    assert len(keys) > 15
    assert sorted(re.findall(r"\*(\w+)\*", "\n".join(terms("batch", "EVENTS")))) == sorted(keys)


def test_page_of_free_has_each_key():
    system = json.loads(memtop("free", "--json").stdout)
    paragraph = page_section("free", "JSON").split("The keys:\n", 1)[1].split(".\n", 1)[0]
    assert re.findall(r"\*(\w+)\*", paragraph) == [key for key in system if key not in ("kind", "time")]


def test_page_of_oom_log_has_each_key():
    log = SOURCE / "tests" / "fixtures" / "oom-log" / "6.18-memcg.txt"
    kill = json.loads(memtop("oom", "log", "--format", "json", log).stdout)
    documented = re.findall(r"\*(\w+)\*", "\n".join(terms("oom log", "JSON")))
    assert sorted(documented) == sorted(kill.keys() - {"kind"})


def test_page_of_faults_has_each_segment():
    segments = re.findall(r'= { "(\w+)", "', (SOURCE / "src" / "model" / "mapping.c").read_text())
    assert len(segments) == 10
    assert terms("faults", "SEGMENTS") == [f"*{name}*" for name in [*segments, "total", "unsampled"]]


def test_page_of_faults_has_each_key_of_the_sampler():
    system = json.loads(memtop("faults", "-d", "0.01", "--format", "json").stdout.splitlines()[0])
    documented = re.findall(r"\*(\w+)\*", "\n".join(terms("faults", "JSON")))
    assert sorted(documented) == sorted(key for key in system if "sampler" in key or "walk" in key)


def complete(*typed):
    """What bash offers for a command line."""
    script = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _memtop; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = run("bash", "-c", script, COMPLETIONS / "memtop", *typed)
    assert done.returncode == 0 and not done.stderr
    return done.stdout.decode().split()


@with_completions
@pytest.mark.parametrize("command", COMMANDS)
def test_bash_completes_each_option(command):
    offered = complete("memtop", *command.split(), "-")
    assert sorted(offered) == sorted(words(command))


@with_completions
def test_bash_completes_commands_and_beginnings():
    assert complete("memtop", "") == FIRST_WORDS
    assert "log" in complete("memtop", "oom", "")
    assert complete("memtop", "oom", "log", "--f") == ["--format"]
    assert complete("memtop", "oom", "log", "--format", "") == ["text", "json"]
    assert complete("memtop", "ba") == ["batch"]
    assert complete("memtop", "help", "ker") == ["kernel"]
    assert complete("memtop", "free", "--exp") == ["--explain"]
    assert complete("memtop", "free", "-s", "") == []


@with_completions
def test_bash_completes_columns():
    names = [name for name, _ in columns("batch")]
    assert complete("memtop", "batch", "-F", "") == names
    assert complete("memtop", "--fields", "=", "") == names
    assert complete("memtop", "batch", "--fields", "pid,maj") == ["pid,majflt", "pid,majflt_rate"]
    assert complete("memtop", "-o", "+maj") == ["+majflt", "+majflt_rate"]


@with_completions
def test_bash_completes_columns_and_keys_of_faults():
    names = [name for name, _ in columns("faults")]
    assert "segment" in names and complete("memtop", "faults", "-F", "") == names
    assert complete("memtop", "faults", "-o", "+maj") == ["+major", "+major_error", "+major_rate"]
    keys = complete("memtop", "faults", "--by", "=", "")
    assert len(keys) == 5 and complete("memtop", "faults", "--by", "code,sy") == ["code,symbol"]
    assert memtop("faults", "-d", "0.01", "--by", ",".join(keys)).returncode == 0


@with_completions
@pytest.mark.parametrize("option", ["--scale", "--format"])
def test_bash_completes_values_that_memtop_takes(option):
    offered = complete("memtop", option, "=")
    assert len(offered) > 2
    for value in offered:
        command = ["budget"] if value == "prometheus" else ["batch", "-n", "1", "-p", "1"]
        assert memtop(*command, option, value).returncode == 0


@with_completions
def test_bash_completes_users_and_processes():
    assert complete("memtop", "-u", "!roo") == ["!root"]
    assert f"1,{os.getpid()}" in complete("memtop", "-p", "1,")


@with_completions
@pytest.mark.parametrize("command", COMMANDS)
def test_zsh_has_each_option(command):
    text = (COMPLETIONS / "_memtop").read_text().split("\n_memtop()\n", 1)[1]
    pattern = f"'{command}'" if " " in command else command or "*"
    text = text.split(f"\n\t{pattern})\n", 1)[1].split("\n\t\t;;", 1)[0]
    assert set(re.findall(r"'\([^)]*\)(--?[\w-]+)(?:[+=]|=-)?\[", text)) == words(command)


@with_completions
@pytest.mark.parametrize("command", COMMANDS)
def test_fish_has_each_option(command):
    lines = re.findall(rf"""^complete -c memtop -n '__memtop_runs "{command}"'(?: -s (\w))? -l ([\w-]+)""",
                       (COMPLETIONS / "memtop.fish").read_text(), flags=re.MULTILINE)
    assert lines == [(letter, name) for letter, name, _ in options(command)]


@with_completions
@pytest.mark.parametrize("shell, file", [("bash", "memtop"), ("zsh", "_memtop"), ("fish", "memtop.fish")])
def test_completion_is_well_formed(shell, file):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = run(shell, "-n", COMPLETIONS / file)
    assert done.returncode == 0 and not done.stderr
    for name, _ in columns("batch"):
        assert re.search(rf"\b{name}\b", (COMPLETIONS / file).read_text())


def test_every_key_is_in_the_page():
    rows, past = [], []
    for action, keys in re.findall(r'{ ACTION_(\w+), "((?:[^"\\]|\\.)*)", "', (SOURCE / "src/tui/keys.c").read_text()):
        (past if action.startswith("PAST_") else rows).append(keys)
    for view in (SOURCE / "src/tui").glob("view-*.c"):
        rows += re.findall(r'\.keys = "([^"]*)"', view.read_text())
    assert "? h F1" in rows
    assert len(rows) > 30 and len(past) > 10
    for name, in_page in (("memtop", rows), ("memtop-replay", past)):
        page = (SOURCE / f"man/{name}.1.scd").read_text()
        for keys in in_page:
            assert f"\n*{keys}*\n\t" in page, keys
