#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The folders of src are the stages of the data: each includes only what stands before it.
# Prints TAP. The arrows are those of src/README.md.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}/src"
# shellcheck source=tests/check-result.sh
. ../tests/check-result.sh

# Prints the includes of ours in FOLDER that none of the PATTERNS allows.
strangers() { # FOLDER, PATTERNS
	[ -d "$1" ] || return 0
	grep -n '^#include "' "$1"/*.[ch] | grep -vE "#include \"($2)" | grep -v '#include "config.h"' || true
}

result 'base includes base' "$(strangers base 'base/')"
result 'model includes base, model' "$(strangers model '(base|model)/')"
result 'collect includes base, model, collect' "$(strangers collect '(base|model|collect)/')"
result 'sampler includes base, model, sampler and three readers' \
	"$(strangers sampler '(base|model|sampler)/|collect/(procfs|maps|perf-ring)\.h')"
result 'output includes base, model, output' "$(strangers output '(base|model|output)/')"
result 'act includes base, model, act and two readers' \
	"$(strangers act '(base|model|act)/|collect/(procfs|maps)\.h')"
result 'tui includes base, model, act, tui' "$(strangers tui '(base|model|act|tui)/')"
result 'only tui includes curses' "$(grep -rnE '#include <.*curses' --include='*.[ch]' . | grep -v '^./tui/' || true)"
result 'only system.c and slab.c include libproc2' \
	"$(grep -rn '#include <libproc2' --include='*.[ch]' . | grep -vE '^./collect/(system|slab)\.c' || true)"
result 'only collect, sampler and act open /proc' \
	"$(grep -rnE '(open|stat|access|read)[a-z_]*\(.*"/(proc|sys)' --include='*.[ch]' . | grep -vE '^./(collect|sampler|act)/' || true)"
result "the macros of libproc2 that differ between its versions are not used" \
	"$(grep -rnE '(MEMINFO|VMSTAT|SLABINFO|PIDS|STAT|DISKSTATS)_(VAL|GET)\b' --include='*.[ch]' . || true)"
echo "1..$count"
