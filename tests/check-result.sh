#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What checks that look for findings share: one line of TAP each, the findings on standard error.

count=0
result() { # NAME, FINDINGS
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		echo "$2" >&2
	fi
}
