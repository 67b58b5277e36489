// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* One command a file. */
extern const struct command command_top, command_free, command_batch, command_oom, command_oom_log,
	command_faults, command_map, command_budget, command_kernel, command_help;
