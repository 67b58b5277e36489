// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/journal.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
journal_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -errno;
}

static void
write_field(FILE *file, const struct journal_field *field)
{
	uint64_t length = htole64(strlen(field->value));

	if (!strchr(field->value, '\n')) {
		fprintf(file, "%s=%s\n", field->name, field->value);
		return;
	}
	fprintf(file, "%s\n", field->name);
	fwrite(&length, sizeof(length), 1, file);
	fprintf(file, "%s\n", field->value);
}

int
journal_send(int journal, const struct journal_field *fields, size_t count)
{
	char *entry;
	size_t size;
	FILE *file = open_memstream(&entry, &size);
	int error = 0;

	if (!file)
		return -errno;
	for (size_t i = 0; i < count; i++)
		if (fields[i].value)
			write_field(file, &fields[i]);
	fclose(file);
	if (send(journal, entry, size, MSG_NOSIGNAL) < 0)
		error = -errno;
	free(entry);
	return error;
}
