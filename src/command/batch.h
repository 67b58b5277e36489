// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct process_options;

/* Writes blocks of processes. Returns the exit status. */
int batch_run(struct process_options *options);
