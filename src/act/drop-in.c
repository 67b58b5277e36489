// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/drop-in.h"

#include "base/cleanup.h"
#include "base/replace-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
drop_in_write(const char *root, const char *folder, const char *content)
{
	_cleanup_close_ int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int directory = -1;

	if (top < 0 || (mkdirat(top, folder, 0755) < 0 && errno != EEXIST))
		return -errno;
	directory = openat(top, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	return replace_file(directory, DROP_IN_NAME, content, strlen(content), 0644, true);
}
