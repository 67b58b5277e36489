#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Layout by clang-format, shell by shellcheck, and the size of files and functions. Prints TAP.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}"

count=0
check() { # NAME, TOOL, COMMAND...
	name=$1 tool=$2
	shift 2
	count=$((count + 1))
	if ! command -v "$tool" >/dev/null; then
		echo "ok $count - $name # SKIP $tool is not installed"
	elif "$@" >&2; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
	fi
}

sources() {
	find src tests data -name '*.[ch]'
}

# A function begins with '{' in the first column and ends with '}' there.
long_functions() {
	sources | xargs awk '
		FNR == 1 { start = 0 }
		/^{/ { start = FNR }
		/^}/ { if (start && FNR - start > 80) { print FILENAME ":" start ": " FNR - start " lines"; found = 1 } start = 0 }
		END { exit found }'
}

long_files() {
	sources | xargs wc -l | awk '$2 != "total" && $1 > 600 { print; found = 1 } END { exit found }'
}

formatted() {
	sources | xargs "$clang_format" --dry-run -Werror
}

scripts() {
	shellcheck src/run src/setup.sh tests/run tests/*.sh tests/bench/run tests/vm/run tests/vm/init .ci/run \
		tests/packages/run data/packaging/debian/prerm data/packaging/debian/tests/smoke
}

clang_format=clang-format
command -v clang-format-14 >/dev/null && clang_format=clang-format-14

check 'clang-format changes nothing' "$clang_format" formatted
check 'shellcheck finds nothing' shellcheck scripts
check 'no function is over 80 lines' awk long_functions
check 'no file is over 600 lines' awk long_files
echo "1..$count"
