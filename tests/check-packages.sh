#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A release has the same version in all files that name it. Between releases meson.build has "-dev",
# and the others keep the version of the last one. Prints TAP.
set -eu
cd "${SOURCE:-$(dirname "$0")/..}"
# shellcheck source=tests/check-result.sh
. ./tests/check-result.sh

version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)

has() { # FILE, PATTERN of a whole line
	grep -qx -- "$2" "$1" || echo "$1: no line is \"$2\""
}

findings() {
	case $version in *-dev) return ;; esac
	has data/NEWS.md "## $version"
	has data/memtop.metainfo.xml " *<release version=\"$version\" date=\".*\"/>"
	has data/packaging/debian/changelog "memtop ($version-1) .*"
	has data/packaging/memtop.spec "Version:  *$version"
	has data/packaging/memtop.spec "[*] .* - $version-1"
	has data/packaging/PKGBUILD "pkgver=$version"
	has data/packaging/APKBUILD "pkgver=$version"
}

result 'a release has one version' "$(findings)"
echo "1..$count"
