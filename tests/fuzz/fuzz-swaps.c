// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/kernel-tables.h"
#include "model/snapshot.h"

/* Lines of /proc/swaps; the same as those of a NUMA node's two files. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct snapshot now;
	char *text = text_of(data, size), *rest = text, *line;
	const struct swap_device *devices;
	struct node node = { .node = 0 };

	snapshot_reset(&now);
	while ((line = strsep(&rest, "\n"))) {
		swaps_take_line(&now, line);
		nodes_take_line(&node, "meminfo", line);
		nodes_take_line(&node, "numastat", line);
	}
	devices = now.kernel[KERNEL_SWAPS].data;
	for (size_t i = 0; i < now.kernel[KERNEL_SWAPS].count; i++) {
		CHECK(devices[i].path && devices[i].kind);
		CHECK(devices[i].size != 0 || devices[i].use == UNKNOWN);
	}
	free(text);
	return 0;
}
