// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "output/output.h"

/*
 * Writes one JSON object and a newline: "kind" (the table's name), "time", then the selected
 * columns under their names. Bytes are integers, unknown is null; all is ASCII.
 */
void json_write_row(
	struct output *output, const struct selection *selection, int64_t time, const void *row);
