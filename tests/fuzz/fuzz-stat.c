// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/unit.h"
#include "collect/procfs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	struct procfs_stat stat;
	struct procfs_statm statm;

	if (procfs_parse_stat(text, size, &stat) == 0) {
		CHECK(stat.comm >= text && stat.comm + stat.comm_length <= text + size);
		CHECK(stat.pid >= 0 && stat.start_time != UNKNOWN);
	}
	if (procfs_parse_statm(text, &statm) == 0)
		CHECK(statm.virtual >= 0 && statm.resident >= 0 && statm.shared >= 0);
	free(text);
	return 0;
}
