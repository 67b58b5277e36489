// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct process;

enum { OOM_LASTING_SIZE = 1024 };

/*
 * Writes how to make an adjustment permanent: for a unit of systemd the command and the text of its
 * drop-in file; else what the manager of the container, or the script that starts the process,
 * needs. Several lines, safe for a terminal. Returns whether it is systemd.
 */
bool oom_lasting_text(
	const struct process *process, int64_t adj, char text[static OOM_LASTING_SIZE]);

/*
 * The drop-in of a unit of the machine's systemd: the name of its folder below /etc/systemd/system,
 * and its content. Returns false if there is none.
 */
bool oom_lasting_file(const struct process *process, int64_t adj,
	char folder[static OOM_LASTING_SIZE], char content[static OOM_LASTING_SIZE]);
