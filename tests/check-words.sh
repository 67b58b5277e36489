#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# No text for users has a word of man/words. Of the sources only what stands between quotes counts.
# Prints TAP.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}"
# shellcheck source=tests/check-result.sh
. ./tests/check-result.sh

list=$(mktemp)
trap 'rm -f "$list"' EXIT
sed -n 's/^\([^#	][^	]*\)	.*/\1/p' man/words >"$list"

# Texts of several lines are joined, so that a word is found where a line ends in it.
in_pages() {
	for page in man/*.scd README.md; do
		tr '\n\t' '  ' <"$page" | sed 's/  */ /g' | grep -oE -f "$list" | sed "s|^|$page: |" || true
	done
}

in_sources() {
	find src data -name '*.[ch]' -exec grep -nE '^[^/*]*"' {} + |
		awk '{ place = $0; sub(/:[0-9]+:.*/, "", place); line = $0; sub(/^[^:]*:[0-9]+:/, "", line)
			texts = ""
			while (match(line, /"([^"\\]|\\.)*"/)) { texts = texts " " substr(line, RSTART, RLENGTH)
				line = substr(line, RSTART + RLENGTH) }
			print place ":" texts }' | grep -E -f "$list" || true
}

result 'the list has words' "$([ "$(wc -l <"$list")" -gt 10 ] || echo man/words)"
result 'man pages and README.md are in plain words' "$(in_pages)"
result 'texts of the program are in plain words' "$(in_sources)"
echo "1..$count"
