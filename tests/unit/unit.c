// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
tree_create(struct tree *tree)
{
	strcpy(tree->path, "/tmp/memtop-test-XXXXXX");
	assert_non_null(mkdtemp(tree->path));
	tree->fd = open(tree->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(tree->fd >= 0);
}

void
tree_destroy(struct tree *tree)
{
	char command[128];

	close(tree->fd);
	snprintf(command, sizeof(command), "rm -rf %s", tree->path);
	assert_int_equal(system(command), 0);
}

void
tree_write(const struct tree *tree, const char *path, const char *text)
{
	char folder[256];
	FILE *file;
	int fd;

	snprintf(folder, sizeof(folder), "%s", path);
	for (char *slash = strchr(folder, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdirat(tree->fd, folder, 0755);
		*slash = '/';
	}
	fd = openat(tree->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void
tree_append(const struct tree *tree, const char *path, const char *text)
{
	int fd = openat(tree->fd, path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
write_file(const struct tree *tree, int pid, const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/%s", pid, name);
	tree_write(tree, path, text);
}

void
tree_write_process(const struct tree *tree, const struct tree_process *p)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"%d (%s) %c %d 1 1 0 -1 4194304 %d 0 7 0 250 50 0 0 20 0 %d 0 %d 409600 99 "
		"18446744073709551615 94000 94100 140000 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 "
		"0 0 0 0 0\n",
		p->pid, p->comm, p->state ? p->state : 'S', p->parent, p->minor_faults,
		p->threads ? p->threads : 1, p->start_time);
	write_file(tree, p->pid, "stat", text);
	snprintf(text, sizeof(text), "100 %d %d 5 0 20 0\n", p->pages, p->shared_pages);
	write_file(tree, p->pid, "statm", text);
	write_file(tree, p->pid, "oom_score", "668\n");
	write_file(tree, p->pid, "oom_score_adj", "-17\n");
	write_file(tree, p->pid, "cgroup", "0::/system.slice/db.service\n");
	write_file(tree, p->pid, "cmdline", p->cmdline ? p->cmdline : "");
}

void
adjust_process(int64_t pid, int adjustment)
{
	char path[40];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%lld/oom_score_adj", (long long)pid);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%d", adjustment);
	assert_int_equal(fclose(file), 0);
}
