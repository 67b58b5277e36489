#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The folders of src are the stages of the data: each includes only what stands before it, and no
# two files include each other, not even by way of a third. Prints TAP. The arrows are those of
# src/README.md.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}/src"
# shellcheck source=tests/check-result.sh
. ../tests/check-result.sh

# Of each folder: what it may include, besides the system. One that is not in this list fails.
arrows='
base: base/
table: (base|table)/
model: (base|table|model)/
record: (base|table|model|record)/
oomlog: (base|table|model|oomlog)/
collect: (base|table|model|collect)/|oomlog/oom-(log|kill)\.h
sampler: (base|table|model|sampler)/|collect/(maps|perf-ring|procfs)\.h
output: (base|table|model|output)/|oomlog/oom-kill\.h
act: (base|table|model|act)/|collect/(procfs|maps)\.h
tui: (base|table|model|act|tui)/
command: (base|table|model|record|collect|sampler|output|act|tui|command)/|oomlog/(oom-log|oom-kill|stamp)\.h
'

# Prints the includes of ours in FOLDER that the pattern does not allow.
forbidden() { # FOLDER, PATTERN
	grep -n '^#include "' "$1"/*.[ch] | grep -vE "#include \"($2)" | grep -v '#include "config.h"' || true
}

for folder in */; do
	folder=${folder%/}
	allowed=$(printf '%s' "$arrows" | sed -n "s/^$folder: //p")
	result "$folder includes ${allowed:-nothing}" "$(forbidden "$folder" "${allowed:-nothing}")"
done

# x.c and x.h are one file here. tsort prints each circle that it meets.
includes() {
	grep -rn '^#include "' --include='*.[ch]' . |
		sed -En 's|^\./([^.]*)\.[ch]:[0-9]+:#include "([^"]*)\.h"|\1 \2|p' | awk '$1 != $2'
}
result 'no files include each other in a circle' "$(includes | tsort 2>&1 >/dev/null || true)"

# The map names every file; a view is named by its row there.
missing() {
	for file in */*.[ch]; do
		name=$(basename "${file%.[ch]}")
		grep -q "\`$name\(\.[ch]\)\?\`\|/$name\.[ch]\`" README.md || case $name in view-*) ;; *) echo "$file" ;; esac
	done
}
result 'src/README.md names every file' "$(missing)"

# Views and dialogs ask for a change of the screen's state (app.h).
result 'only app.c and tui.c change the state of the screen' \
	"$(grep -nE '\bapp->[a-z_]+ (=|\+=|\|=) ' tui/*.c | grep -vE '^tui/(app|tui)\.c' || true)"
result 'only tui includes curses' "$(grep -rnE '#include <.*curses' --include='*.[ch]' . | grep -v '^./tui/' || true)"
result 'only system.c and slab.c include libproc2' \
	"$(grep -rn '#include <libproc2' --include='*.[ch]' . | grep -vE '^./collect/(system|slab)\.c' || true)"
result 'only collect, sampler and act open /proc' \
	"$(grep -rnE '(open|stat|access|read)[a-z_]*\(.*"/(proc|sys)' --include='*.[ch]' . | grep -vE '^./(collect|sampler|act)/' || true)"
result "the macros of libproc2 that differ between its versions are not used" \
	"$(grep -rnE '(MEMINFO|VMSTAT|SLABINFO|PIDS|STAT|DISKSTATS)_(VAL|GET)\b' --include='*.[ch]' . || true)"
echo "1..$count"
