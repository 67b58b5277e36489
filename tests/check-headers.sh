#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every header compiles alone; every file says its licence. Prints TAP.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}"

count=0
for header in $(find src -name '*.h' | sort); do
	count=$((count + 1))
	if ! { echo "#include \"${header#src/}\""; } |
		"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Isrc -Wall -Wextra -Werror -fsyntax-only -x c -; then
		printf 'not '
	fi
	echo "ok $count - $header compiles alone"
done

count=$((count + 1))
unsigned=$(find src tests man data -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name meson.build \
	-o -name '*.scd' -o -name run | while read -r file; do
	head -2 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$file"
done)
[ -z "$unsigned" ] || { echo "$unsigned" >&2; printf 'not '; }
echo "ok $count - every file says its licence"
echo "1..$count"
