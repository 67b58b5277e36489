# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What src/run and tests/run share: finding out what is missing, installing it, building. They set
# $top, the folder of the project.

# Each line: how to see that it is there, then its Debian package.
# shellcheck disable=SC2034 # used where this is sourced
build_needs='
command:cc gcc
header:stdio.h libc6-dev
command:meson meson
command:ninja ninja-build
command:pkg-config pkg-config
library:libproc2 libproc2-dev
library:ncursesw libncurses-dev
library:jansson libjansson-dev
library:libpcre2-8 libpcre2-dev
library:libzstd libzstd-dev
library:libxxhash libxxhash-dev
header:libiberty/demangle.h libiberty-dev
'

is_there() { # command:NAME, library:NAME, header:NAME, python:NAME, file:PATH or fuzzer:COMPILER
	name=${1#*:}
	case $1 in
	command:*) command -v "$name" >/dev/null 2>&1 ;;
	library:*) pkg-config --exists "$name" >/dev/null 2>&1 ;;
	header:*) echo "#include <$name>" | cc -E - >/dev/null 2>&1 ;;
	python:*) /usr/bin/python3 -c "import $name" >/dev/null 2>&1 ;;
	file:*) [ -e "$name" ] ;;
	fuzzer:*) echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
		"$name" -fsanitize=fuzzer -x c - -o /dev/null >/dev/null 2>&1 ;;
	esac
}

missing_packages() { # NEEDS
	echo "$1" | while read -r probe package; do
		if [ -n "$probe" ] && ! is_there "$probe"; then
			printf '%s ' "$package"
		fi
	done
}

explain_elsewhere() {
	cat >&2 <<'END'
memtop needs a C compiler, meson, ninja, pkg-config, ncurses, libproc2 of procps-ng 4.0.2 or
later, jansson, pcre2, zstd and xxhash (only its header), each with its headers, and
libiberty for names of C++ and Rust functions:
  Debian, Ubuntu  apt-get install gcc libc6-dev meson ninja-build pkg-config libproc2-dev \
                  libncurses-dev libjansson-dev libpcre2-dev libzstd-dev libxxhash-dev \
                  libiberty-dev
  Fedora          dnf install gcc meson ninja-build pkgconf procps-ng-devel ncurses-devel jansson-devel \
                  pcre2-devel libzstd-devel xxhash-devel binutils-devel
  Arch Linux      pacman -S gcc meson ninja pkgconf procps-ng ncurses jansson pcre2 zstd xxhash
END
}

# Installs what is missing of NEEDS. What it says goes to standard error.
install_missing() { # NEEDS
	packages=$(missing_packages "$1")
	[ -n "$packages" ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "missing: $packages" >&2
		explain_elsewhere
		exit 1
	fi
	if [ "$(id -u)" -ne 0 ]; then
		echo "missing; as root: apt-get install $packages" >&2
		exit 1
	fi
	echo "installing $packages" >&2
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086 # a list of words
	{ apt-get -q update && apt-get -qy install --no-install-recommends $packages; } >&2 </dev/null
}

# Builds into FOLDER with the given options of meson. Silent unless it fails.
build() { # FOLDER, OPTIONS...
	folder=$1
	shift
	mkdir -p "$folder"
	log=$folder/run.log
	if ! { { [ -e "$folder/build.ninja" ] || meson setup "$folder" "${top:?}" "$@"; } &&
		ninja -C "$folder"; } >"$log" 2>&1; then
		cat "$log" >&2
		exit 1
	fi
}
