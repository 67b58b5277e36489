#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each source compiles for musl too. Only the sources are read: the headers of the libraries are
# those of this machine. BUILD has config.h. Prints TAP.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}"
# shellcheck source=tests/check-result.sh
. ./tests/check-result.sh

if ! command -v musl-gcc >/dev/null 2>&1; then
	echo "1..0 # SKIP musl-gcc is not installed"
	exit 0
fi

of_musl() {
	machine=$(cc -print-multiarch)
	for file in src/*.c src/*/*.c; do
		musl-gcc -std=gnu17 -D_GNU_SOURCE -fsyntax-only -Werror -Isrc -I"$BUILD" \
			-idirafter /usr/include -idirafter "/usr/include/$machine" "$file" 2>&1 || true
	done
}

result 'every source compiles with the headers of musl' "$(of_musl)"
echo "1..$count"
