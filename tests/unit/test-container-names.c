// SPDX-License-Identifier: GPL-3.0-or-later
#include "rights.h"
#include "unit.h"

#include "collect/container-names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID "7d4424e6-bb13-4b2c-9d0e-aabbccddeeff"
#define DOCKER "var/lib/docker/containers/" ID "/config.v2.json"
#define SHIM "run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/config.json"
#define STORAGE "var/lib/containers/storage/overlay-containers/containers.json"
#define HOME_STORAGE "home/me/.local/share/containers/storage/overlay-containers/containers.json"

enum { MINUTE = 60, MIB = 1024 * 1024 };

struct fixture {
	struct tree tree;
	struct container_names *names;
};

static int
set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	tree_create(&fixture->tree);
	fixture->names = container_names_create(fixture->tree.path);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	container_names_destroy(fixture->names);
	tree_destroy(&fixture->tree);
	test_free(fixture);
	return 0;
}

static struct container_name
find_at(struct fixture *fixture, const char *id, int64_t second)
{
	return container_names_find(fixture->names, id, strlen(id), 0, second * NS_PER_SEC);
}

/* Other names may have taken the time that names may take. */
static struct container_name
find_when_there_is_time(struct fixture *fixture, const char *id, int64_t second)
{
	struct container_name found = find_at(fixture, id, second);

	for (int i = 0; i < 1000 && !found.name; i++) {
		usleep(10000);
		found = find_at(fixture, id, second);
	}
	return found;
}

static void
assert_name(struct container_name found, const char *name, const char *pod)
{
	assert_string_equal(found.name ? found.name : "-", name ? name : "-");
	assert_string_equal(found.pod ? found.pod : "-", pod ? pod : "-");
}

static void
each_runtime_leaves_a_file_with_the_name(void **state)
{
	static const struct {
		const char *path, *text, *name, *pod;
	} cases[] = {
		{ DOCKER, "{ \"ID\": \"x\", \"Name\": \"/web\" }", "web", NULL },
		{ DOCKER, "{ \"Name\": \"/k8s_app_web-1_shop_" UID "_0\" }", "app", "shop/web-1" },
		{ DOCKER, "{ \"Name\": \"/k8s_app_web\" }", "k8s_app_web", NULL },
		{ STORAGE, "[{\"id\": \"" ID "\", \"names\": [\"db\", \"x\"]}]", "db", NULL },
		{ "var/lib/containers/storage/vfs-containers/containers.json",
			"[1, {}, {\"id\": \"" ID2 "\", \"names\": null}, {\"id\": \"" ID
			"\", \"names\": [\"k8s_app_web-1_shop_" UID "_2\"]}]",
			"app", "shop/web-1" },
		{ SHIM,
			"{\"annotations\": {\"io.kubernetes.cri.container-name\": \"app\", "
			"\"io.kubernetes.cri.sandbox-name\": \"web-1\", "
			"\"io.kubernetes.cri.sandbox-namespace\": \"shop\"}}",
			"app", "shop/web-1" },
		{ "var/log/containers/web-1_shop_my-app-" ID ".log", "", "my-app", "shop/web-1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up(state);
		tree_write(&((struct fixture *)*state)->tree, cases[i].path, cases[i].text);
		assert_name(find_at(*state, ID, 0), cases[i].name, cases[i].pod);
		assert_name(find_at(*state, ID2, 0), NULL, NULL);
		tear_down(state);
	}
}

static void
links_and_folders_of_the_kubelet_are_names(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "var/log/pods/shop_web-1_" UID "/app/0.log", "");
	tree_write(&fixture->tree, "var/log/pods/a_b", "");
	tree_write(&fixture->tree, "var/log/containers/none", "");
	assert_int_equal(symlinkat("/nowhere", fixture->tree.fd,
				 "var/log/containers/web-1_shop_app-" ID ".log"),
		0);
	assert_name(find_at(fixture, UID, 0), NULL, "shop/web-1");
	assert_name(find_at(fixture, ID, 0), "app", "shop/web-1");
}

static void
a_name_is_looked_up_once_and_one_that_is_missing_once_a_minute(void **state)
{
	struct fixture *fixture = *state;

	assert_name(find_at(fixture, ID, 0), NULL, NULL);
	tree_write(&fixture->tree, DOCKER, "{\"Name\": \"/web\"}");
	assert_name(find_at(fixture, ID, MINUTE - 1), NULL, NULL);
	assert_name(find_at(fixture, ID, MINUTE), "web", NULL);
	assert_int_equal(unlinkat(fixture->tree.fd, DOCKER, 0), 0);
	assert_name(find_at(fixture, ID, 100 * MINUTE), "web", NULL);
}

/* A file of this size with the name in its first bytes. */
static void
write_docker(const struct fixture *fixture, size_t size)
{
	char *text = test_calloc(1, size + 1);
	int start = sprintf(text, "{\"Name\": \"/web\"}");

	memset(text + start, ' ', size - (size_t)start);
	tree_write(&fixture->tree, DOCKER, text);
	test_free(text);
}

static void
a_file_that_is_too_large_is_not_read(void **state)
{
	write_docker(*state, MIB + 1);
	assert_name(find_at(*state, ID, 0), NULL, NULL);
	write_docker(*state, MIB);
	assert_name(find_at(*state, ID, MINUTE), "web", NULL);
}

static void
only_plain_files_are_read_and_nothing_blocks(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "real", "{\"Name\": \"/web\"}");
	tree_write(&fixture->tree, DOCKER, "");
	assert_int_equal(unlinkat(fixture->tree.fd, DOCKER, 0), 0);
	assert_int_equal(mkfifoat(fixture->tree.fd, DOCKER, 0644), 0);
	assert_name(find_at(fixture, ID, 0), NULL, NULL);
	assert_int_equal(unlinkat(fixture->tree.fd, DOCKER, 0), 0);
	assert_int_equal(symlinkat("../../../../../real", fixture->tree.fd, DOCKER), 0);
	assert_int_equal(faccessat(fixture->tree.fd, DOCKER, R_OK, 0), 0);
	assert_name(find_at(fixture, ID, MINUTE), NULL, NULL);
	assert_int_equal(unlinkat(fixture->tree.fd, DOCKER, 0), 0);
	assert_int_equal(mkdirat(fixture->tree.fd, DOCKER, 0755), 0);
	assert_name(find_at(fixture, ID, 2 * MINUTE), NULL, NULL);
}

static void
hostile_json_has_no_name(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "null", "{\"Name\": 1}",
		"{\"Name\": \"\"}", "{\"Name\": \"/\"}", "{\"Name\": [\"a\"]}",
		"{\"Name\": \"a\\u0000b\"}", "{\"Name\": \"\xff\"}", "{\"Name\": \"a\"} x" };
	char *deep = test_calloc(1, MIB + 1);
	int64_t time = 0;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++, time += MINUTE) {
		tree_write(&((struct fixture *)*state)->tree, DOCKER, texts[i]);
		assert_name(find_at(*state, ID, time), NULL, NULL);
	}
	memset(deep, '[', MIB);
	tree_write(&((struct fixture *)*state)->tree, DOCKER, deep);
	tree_write(&((struct fixture *)*state)->tree, STORAGE, deep);
	assert_name(find_at(*state, ID, time), NULL, NULL);
	test_free(deep);
	tree_write(&((struct fixture *)*state)->tree, DOCKER,
		"{\"x\": \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\", \"Name\": \"a\"}");
	assert_name(find_at(*state, ID, time + MINUTE), "a", NULL);
}

static void
a_long_name_is_cut(void **state)
{
	char text[1100], name[256];

	memset(name, 'x', 255);
	name[255] = '\0';
	snprintf(text, sizeof(text), "{\"Name\": \"/%s%s\"}", name, name);
	tree_write(&((struct fixture *)*state)->tree, DOCKER, text);
	assert_name(find_at(*state, ID, 0), name, NULL);
}

static void
an_id_is_never_a_path(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "var/lib/docker/containers/config.v2.json", "{\"Name\": \"a\"}");
	tree_write(&fixture->tree, "var/lib/docker/config.v2.json", "{\"Name\": \"a\"}");
	tree_write(&fixture->tree, "var/lib/docker/containers/b/config.v2.json", "{}");
	assert_name(find_at(fixture, ".", 0), NULL, NULL);
	assert_name(find_at(fixture, "..", 0), NULL, NULL);
	assert_name(find_at(fixture, "b/..", 0), NULL, NULL);
	assert_name(find_at(fixture, "", 0), NULL, NULL);
	assert_name(find_at(fixture, ID "0", 0), NULL, NULL);
}

/* Or a user could give a container of the machine another name. */
static void
files_of_a_user_name_only_containers_in_the_slice_of_that_user(void **state)
{
	struct fixture *fixture = *state;
	int64_t other = (int64_t)getuid() + 1;

	setenv("HOME", "/home/me", 1);
	tree_write(&fixture->tree, HOME_STORAGE, "[{\"id\": \"" ID "\", \"names\": [\"mine\"]}]");
	tree_write(&fixture->tree, STORAGE, "[{\"id\": \"" ID2 "\", \"names\": [\"root's\"]}]");
	assert_name(find_at(fixture, ID, 0), NULL, NULL);
	assert_name(find_at(fixture, ID2, 0), "root's", NULL);
	assert_name(container_names_find(fixture->names, ID2, 64, other, 0), NULL, NULL);
	assert_name(container_names_find(fixture->names, ID, 64, other, 0), NULL, NULL);
}

static void
find_as_other_user(const void *question, void *answer)
{
	struct container_names *names = container_names_create(question);
	char *found = answer;
	struct container_name own, system;

	own = container_names_find(names, ID, 64, getuid(), 0);
	found += sprintf(found, "%s, ", own.name ? own.name : "-");
	own = container_names_find(names, ID2, 64, getuid(), 0);
	found += sprintf(found, "%s, ", own.name ? own.name : "-");
	system = container_names_find(names, ID2, 64, 0, 0);
	sprintf(found, "%s%s", system.name ? system.name : "-",
		system.error == -EACCES ? " refused" : "");
	container_names_destroy(names);
}

static void
without_root_only_own_containers_have_names_and_the_others_say_why(void **state)
{
	struct fixture *fixture = *state;
	char found[256] = "";

	setenv("HOME", "/home/me", 1);
	tree_write(&fixture->tree, HOME_STORAGE, "[{\"id\": \"" ID "\", \"names\": [\"mine\"]}]");
	tree_write(&fixture->tree, STORAGE, "[{\"id\": \"" ID2 "\", \"names\": [\"root's\"]}]");
	assert_int_equal(fchmod(fixture->tree.fd, 0755), 0);
	assert_int_equal(fchmodat(fixture->tree.fd, STORAGE, 0600, 0), 0);
	assert_int_equal(find_at(fixture, ID, 0).error, 0);
	if (!run_with_rights(
		    as_nobody, find_as_other_user, fixture->tree.path, found, sizeof(found)))
		skip();
	assert_string_equal(found, "mine, -, - refused");
}

static void
ids_beyond_the_bound_stay_unknown_until_others_are_not_asked_for(void **state)
{
	struct fixture *fixture = *state;
	char id[65];

	tree_write(&fixture->tree, DOCKER, "{\"Name\": \"/web\"}");
	for (int i = 0; i < 4096; i++) {
		snprintf(id, sizeof(id), "%064x", (unsigned)i);
		find_at(fixture, id, 0);
	}
	assert_name(find_at(fixture, ID, 1), NULL, NULL);
	assert_name(find_at(fixture, ID, 30), NULL, NULL);
	assert_name(find_when_there_is_time(fixture, ID, 20 * MINUTE), "web", NULL);
}

/* A folder whose file system never answers; -1: that may not be made here. */
static int
mount_silent_folder(const struct fixture *fixture, const char *folder)
{
	char path[PATH_MAX], options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	snprintf(path, sizeof(path), "%s/%s", fixture->tree.path, folder);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd >= 0 && unshare(CLONE_NEWNS) == 0 &&
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		mount("silent", path, "fuse", MS_NOSUID | MS_NODEV, options) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
unmount_silent_folder(const struct fixture *fixture, const char *folder, int fd)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fixture->tree.path, folder);
	close(fd); /* whoever waits gets an error */
	assert_int_equal(umount2(path, MNT_DETACH), 0);
}

/* T17: a refresh does not wait for it, and what comes late is taken. */
static void
files_that_do_not_answer_are_left_to_their_thread(void **state)
{
	struct fixture *fixture = *state;
	struct container_name silent, again, other;
	int fd;

	tree_write(&fixture->tree, DOCKER, "{\"Name\": \"/web\"}");
	tree_write(&fixture->tree, STORAGE, "[{\"id\": \"" ID2 "\", \"names\": [\"db\"]}]");
	fd = mount_silent_folder(fixture, "var/lib/docker");
	if (fd < 0)
		skip();
	container_names_destroy(fixture->names); /* its root is without the mount */
	fixture->names = container_names_create(fixture->tree.path);
	silent = find_at(fixture, ID, 0);
	again = find_at(fixture, ID, 1);
	other = find_at(fixture, ID2, 1);
	unmount_silent_folder(fixture, "var/lib/docker", fd);
	assert_int_equal(silent.error, -ETIMEDOUT);
	assert_name(again, NULL, NULL);
	assert_name(other, NULL, NULL);
	assert_name(find_when_there_is_time(fixture, ID2, 2), "db", NULL);
	assert_name(find_at(fixture, ID, 3), NULL, NULL);
	assert_int_equal(find_at(fixture, ID, 3).error, 0);
	assert_name(find_when_there_is_time(fixture, ID, 2 * MINUTE), "web", NULL);
}

static void
without_the_folder_all_names_are_unknown(void **state)
{
	struct container_names *names = container_names_create("/nowhere");

	assert_name(container_names_find(names, ID, 64, 0, 0), NULL, NULL);
	container_names_destroy(names);
	container_names_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_runtime_leaves_a_file_with_the_name),
		TEST(links_and_folders_of_the_kubelet_are_names),
		TEST(a_name_is_looked_up_once_and_one_that_is_missing_once_a_minute),
		TEST(a_file_that_is_too_large_is_not_read),
		TEST(only_plain_files_are_read_and_nothing_blocks),
		TEST(hostile_json_has_no_name),
		TEST(a_long_name_is_cut),
		TEST(an_id_is_never_a_path),
		TEST(files_of_a_user_name_only_containers_in_the_slice_of_that_user),
		TEST(without_root_only_own_containers_have_names_and_the_others_say_why),
		TEST(files_that_do_not_answer_are_left_to_their_thread),
		TEST(ids_beyond_the_bound_stay_unknown_until_others_are_not_asked_for),
		cmocka_unit_test(without_the_folder_all_names_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
