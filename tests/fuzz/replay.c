// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>

enum { INPUT_SIZE = 1 << 20 };

/* Runs one file through the target; a finding aborts the program. Returns false on no file. */
static int
replay(const char *path)
{
	static uint8_t input[INPUT_SIZE];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file)
		return 0;
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	LLVMFuzzerTestOneInput(input, size);
	return 1;
}

int
main(int argc, char **argv)
{
	DIR *corpus = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	int count = 0;

	if (!corpus)
		return EXIT_FAILURE;
	while ((entry = readdir(corpus))) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		count++;
		printf("%sok %d - %s\n", replay(path) ? "" : "not ", count, entry->d_name);
	}
	closedir(corpus);
	printf("1..%d\n", count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
