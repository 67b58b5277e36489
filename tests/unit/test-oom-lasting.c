// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "act/drop-in.h"
#include "model/oom-lasting.h"
#include "model/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT                                                                                     \
	"in the script that starts it:\nmemtop oom -n -500 -- COMMAND (or: choom -n -500 -- "      \
	"COMMAND)\n"

static void
who_starts_it_makes_it_last(void **state)
{
	static const struct {
		const char *cgroup, *unit, *text;
		bool has;
	} cases[] = {
		{ "/system.slice/db.service", "db.service",
			"systemctl edit db.service\n\n[Service]\nOOMScoreAdjust=-500\n", true },
		{ "/system.slice/a.socket", "a.socket",
			"systemctl edit a.socket\n\n[Socket]\nOOMScoreAdjust=-500\n", true },
		{ "/system.slice/sys\\x2dtem.service", "sys\\x2dtem.service",
			"systemctl edit 'sys\\x2dtem.service'\n\n[Service]\nOOMScoreAdjust=-500\n",
			true },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/a.service", "a.service",
			"systemctl --user edit a.service\n\n[Service]\n# A user's systemd may not "
			"go below the adjustment it has itself.\nOOMScoreAdjust=-500\n",
			true },
		{ "/user.slice/user-7.slice/user@7.service", "user@7.service",
			"systemctl edit user@7.service\n\n[Service]\nOOMScoreAdjust=-500\n", true },
		{ "/user.slice/user-7.slice/session-3.scope", "session-3.scope", SCRIPT, false },
		{ "/", NULL, SCRIPT, false },
		{ NULL, NULL, SCRIPT, false },
		{ "/x/\x1b[2J.service", "\x1b[2J.service", SCRIPT, false },
		{ "/x/$(reboot).service", "$(reboot).service", SCRIPT, false },
		{ "/system.slice/docker-12ab.scope", "docker-12ab.scope",
			"docker run --oom-score-adj=-500 IMAGE\nin compose.yaml, of the service: "
			"oom_score_adj: -500\n",
			false },
		{ "/docker/12ab", NULL,
			"docker run --oom-score-adj=-500 IMAGE\nin compose.yaml, of the service: "
			"oom_score_adj: -500\n",
			false },
		{ "/machine.slice/libpod-12ab.scope", "libpod-12ab.scope",
			"podman run --oom-score-adj=-500 IMAGE\nin a Quadlet file: "
			"PodmanArgs=--oom-score-adj=-500\n",
			false },
		{ "/lxc.payload.web", NULL,
			"in the container's configuration: lxc.proc.oom_score_adj = -500\n",
			false },
	};
	struct process process;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[OOM_LASTING_SIZE];

		table_reset_row(&process_table, &process);
		process.place = &(struct process_place){ cases[i].cgroup, cases[i].unit };
		assert_int_equal(oom_lasting_text(&process, -500, text), cases[i].has);
		assert_string_equal(text, cases[i].text);
	}
}

static void
kubernetes_has_classes_instead(void **state)
{
	struct process process;
	char text[OOM_LASTING_SIZE];

	table_reset_row(&process_table, &process);
	process.place = &(struct process_place){
		"/kubepods.slice/kubepods-pod7.slice/cri-containerd-docker.scope",
		"cri-containerd-docker.scope"
	};
	assert_false(oom_lasting_text(&process, -500, text));
	assert_non_null(strstr(text, "Guaranteed"));
	assert_null(strstr(text, "-500"));
}

static void
only_units_of_the_machine_have_a_file(void **state)
{
	static const struct {
		const char *cgroup, *unit, *folder;
	} cases[] = {
		{ "/system.slice/db.service", "db.service", "db.service.d" },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/a.service", "a.service",
			NULL },
		{ "/system.slice/docker-1.scope", "docker-1.scope", NULL },
		{ "/x/..", "../../evil.service", NULL },
		{ "/", NULL, NULL },
	};
	char folder[OOM_LASTING_SIZE], content[OOM_LASTING_SIZE];
	struct process process;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		table_reset_row(&process_table, &process);
		process.place = &(struct process_place){ cases[i].cgroup, cases[i].unit };
		assert_int_equal(
			oom_lasting_file(&process, 300, folder, content), cases[i].folder != NULL);
		if (cases[i].folder)
			assert_string_equal(folder, cases[i].folder);
	}
}

/* What a file of the tree has. */
static void
assert_file(const struct tree *tree, const char *path, const char *wanted)
{
	char text[256] = "";
	int fd = openat(tree->fd, path, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	assert_string_equal(text, wanted);
}

static void
a_drop_in_is_written_as_a_whole_and_through_no_link(void **state)
{
	struct tree tree;

	tree_create(&tree);
	assert_int_equal(drop_in_write(tree.path, "a.service.d", "[Service]\n"), 0);
	assert_file(&tree, "a.service.d/" DROP_IN_NAME, "[Service]\n");
	assert_int_equal(drop_in_write(tree.path, "a.service.d", "new\n"), 0);
	assert_file(&tree, "a.service.d/" DROP_IN_NAME, "new\n");
	assert_int_equal(symlinkat("/tmp", tree.fd, "b.service.d"), 0);
	assert_int_equal(drop_in_write(tree.path, "b.service.d", "x"), -ENOTDIR);
	assert_int_equal(drop_in_write("/nowhere", "c.service.d", "x"), -ENOENT);
	tree_write(&tree, "d.service.d", "a file");
	assert_int_equal(drop_in_write(tree.path, "d.service.d", "x"), -ENOTDIR);
	tree_destroy(&tree);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_starts_it_makes_it_last),
		cmocka_unit_test(kubernetes_has_classes_instead),
		cmocka_unit_test(only_units_of_the_machine_have_a_file),
		cmocka_unit_test(a_drop_in_is_written_as_a_whole_and_through_no_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
