// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/cgroup.h"
#include "collect/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define SHORT "0123456789ab"
#define UID "7d4424e6-bb13-4b2c-9d0e-aabbccddeeff"
#define UID_ "7d4424e6_bb13_4b2c_9d0e_aabbccddeeff"
#define STATIC "0123456789abcdef0123456789abcdef"
#define PODS "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice"
#define KIND "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice"
#define USER_1000 "/user.slice/user-1000.slice/user@1000.service"

struct expected {
	const char *path, *kind, *name, *unit, *pod;
	bool is_helper;
};

static struct container
parse(const char *path)
{
	return container_parse(path, strlen(path));
}

/* "-" for NULL, so that a difference can be read. */
static const char *
shown(const char *text)
{
	return text ? text : "-";
}

static void
check(const struct expected *expected)
{
	char text[1024], name[CONTAINER_TEXT_SIZE] = "-", pod[CONTAINER_TEXT_SIZE] = "-";
	char unit[256] = "-", found[2048], wanted[2048];
	struct cgroup cgroup;

	snprintf(text, sizeof(text), "0::%s\n", expected->path);
	assert_int_equal(cgroup_parse(text, &cgroup), 0);
	if (cgroup.container.kind)
		container_name(&cgroup.container, name);
	if (cgroup.container.pod)
		container_pod_uid(&cgroup.container, pod);
	if (cgroup.unit)
		snprintf(unit, sizeof(unit), "%.*s", (int)cgroup.unit_length, cgroup.unit);
	snprintf(found, sizeof(found), "%s: %s %s, unit %s, pod %s, helper %d", expected->path,
		shown(cgroup.container.kind), name, unit, pod, cgroup.container.is_helper);
	snprintf(wanted, sizeof(wanted), "%s: %s %s, unit %s, pod %s, helper %d", expected->path,
		shown(expected->kind), shown(expected->name), shown(expected->unit),
		shown(expected->pod), expected->is_helper);
	assert_string_equal(found, wanted);
}

/* clang-format off */
static const struct expected runtimes[] = {
	/* docker */
	{ "/system.slice/docker-" ID ".scope", "docker", SHORT, "docker-" ID ".scope" },
	{ "/docker/" ID, "docker", SHORT },
	{ "/" ID, "container", SHORT },
	/* podman */
	{ "/machine.slice/libpod-" ID ".scope", "podman", SHORT, "libpod-" ID ".scope" },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman", SHORT, "libpod-" ID ".scope" },
	{ "/machine.slice/libpod-" ID ".scope/ctr", "podman", SHORT, "libpod-" ID ".scope" },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "podman", SHORT, "libpod-conmon-" ID ".scope", .is_helper = true },
	{ "/system.slice/web.service/libpod-payload-" ID, "podman", SHORT, "web.service" },
	{ "/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", "podman", SHORT, "libpod-" ID ".scope", "fedcba987654" },
	{ USER_1000 "/user.slice/libpod-" ID ".scope/container", "podman", SHORT, "libpod-" ID ".scope" },
	{ USER_1000 "/user.slice/user-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", "podman", SHORT, "libpod-" ID ".scope", "fedcba987654" },
	{ USER_1000 "/user.slice/podman-9.scope/libpod_parent/libpod-" ID "/ctr", "podman", SHORT, "podman-9.scope" },
	{ "/libpod_parent/" ID2 "/libpod-" ID, "podman", SHORT, NULL, "fedcba987654" },
	/* kubernetes */
	{ PODS "/cri-containerd-" ID ".scope", "containerd", SHORT, "cri-containerd-" ID ".scope", UID },
	{ PODS "/crio-" ID ".scope", "cri-o", SHORT, "crio-" ID ".scope", UID },
	{ PODS "/crio-conmon-" ID ".scope", "cri-o", SHORT, "crio-conmon-" ID ".scope", UID, .is_helper = true },
	{ PODS "/docker-" ID ".scope", "docker", SHORT, "docker-" ID ".scope", UID },
	{ "/kubepods.slice/kubepods-pod" STATIC ".slice/crio-" ID ".scope", "cri-o", SHORT, "crio-" ID ".scope", STATIC },
	{ PODS, NULL, NULL, NULL, UID },
	{ KIND "/kubelet-kubepods-besteffort-pod" UID_ ".slice/cri-containerd-" ID ".scope", "containerd", SHORT, "cri-containerd-" ID ".scope", UID },
	{ "/kubepods/burstable/pod" UID "/" ID, "kubernetes", SHORT, NULL, UID },
	{ "/kubepods/besteffort/pod" STATIC "/" ID, "kubernetes", SHORT, NULL, STATIC },
	{ "/kubepods/burstable/pod" UID "/crio-" ID, "cri-o", SHORT, NULL, UID },
	/* ctr, nerdctl */
	{ "/default/web", "containerd", "web" },
	{ "/default/" ID, "containerd", SHORT },
	{ "/k8s.io/" ID, "container", SHORT },
	{ "/system.slice/nerdctl-" ID ".scope", "containerd", SHORT, "nerdctl-" ID ".scope" },
	/* lxc, lxd, incus, proxmox */
	{ "/lxc/c1", "lxc", "c1" },
	{ "/lxc.payload/c1", "lxc", "c1" },
	{ "/lxc.payload.c1", "lxc", "c1" },
	{ "/lxc.payload.c1/.lxc", "lxc", "c1" },
	{ "/lxc.monitor.c1", "lxc", "c1", .is_helper = true },
	{ "/lxc.monitor/c1", "lxc", "c1", .is_helper = true },
	{ "/lxc/101/ns/system.slice/cron.service", "lxc", "101" },
	{ "/qemu.slice/101.scope", "qemu", "101", "101.scope" },
	/* nspawn, libvirt */
	{ "/machine.slice/machine-a\\x2db.scope/payload/init.scope", "nspawn", "a-b", "machine-a\\x2db.scope" },
	{ "/machine.slice/systemd-nspawn@a\\x2db.service/payload", "nspawn", "a-b", "systemd-nspawn@a\\x2db.service" },
	{ "/machine.slice/machine-qemu\\x2d3\\x2dvm\\x2d1.scope/libvirt/emulator", "qemu", "vm-1", "machine-qemu\\x2d3\\x2dvm\\x2d1.scope" },
	{ "/machine.slice/machine-lxc\\x2d77\\x2dweb.scope", "lxc", "web", "machine-lxc\\x2d77\\x2dweb.scope" },
	/* sandboxes, jobs, desktop */
	{ USER_1000 "/app.slice/app-flatpak-org.gimp.GIMP-4711.scope", "flatpak", "org.gimp.GIMP", "app-flatpak-org.gimp.GIMP-4711.scope" },
	{ USER_1000 "/app.slice/app-gnome-firefox-77.scope", NULL, NULL, "app-gnome-firefox-77.scope" },
	{ USER_1000 "/app.slice/app-org.x@1f2e.service", NULL, NULL, "app-org.x@1f2e.service" },
	{ USER_1000 "/app.slice/snap.firefox.firefox-" UID ".scope", "snap", "firefox.firefox", "snap.firefox.firefox-" UID ".scope" },
	{ USER_1000 "/app.slice/snap.firefox.firefox." UID ".scope", "snap", "firefox.firefox", "snap.firefox.firefox." UID ".scope" },
	{ "/system.slice/snap.lxd.daemon.service", "snap", "lxd.daemon", "snap.lxd.daemon.service" },
	{ "/system.slice/h_slurmstepd.scope/job_12/step_0/user/task_0", "slurm", "12", "h_slurmstepd.scope" },
	{ "/slurm/uid_1000/job_12/step_batch/task_0", "slurm", "12" },
	/* none */
	{ "/", NULL }, { "/init.scope", NULL, NULL, "init.scope" },
	{ "/system.slice/db.service", NULL, NULL, "db.service" },
	{ "/system.slice/docker.service", NULL, NULL, "docker.service" },
	{ "/../../system.slice/db.service", NULL, NULL, "db.service" },
	{ "/user.slice/user-1000.slice/session-3.scope", NULL, NULL, "session-3.scope" },
};
/* clang-format on */

static void
each_runtime_is_known_by_its_path(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++)
		check(&runtimes[i]);
}

/* containerd without SystemdCgroup puts all pods below its own service. */
static void
G5_a_pod_in_the_service_of_its_runtime_has_its_own_name_and_not_that_unit(void **state)
{
	static const struct expected cases[] = {
		{ "/system.slice/containerd.service/kubepods-besteffort-pod" UID_
		  ".slice:cri-containerd:" ID,
			"containerd", SHORT, NULL, UID },
		{ "/system.slice/crio.service/kubepods-pod" STATIC ".slice:crio:" ID, "cri-o",
			SHORT, NULL, STATIC },
		{ "/system.slice/k3s.service/kubepods/burstable/pod" UID "/" ID, "kubernetes",
			SHORT, NULL, UID },
		{ "/system.slice/x.service/machine.slice:libpod:" ID, "podman", SHORT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i]);
}

static void
G6_the_unit_is_never_one_of_a_systemd_in_the_container(void **state)
{
	static const struct expected cases[] = {
		{ "/lxc.payload.c1/system.slice/ssh.service", "lxc", "c1" },
		{ "/machine.slice/machine-a.scope/payload/system.slice/dbus-broker.service",
			"nspawn", "a", "machine-a.scope" },
		{ "/docker/" ID "/system.slice/ssh.service", "docker", SHORT },
		{ "/system.slice/docker-" ID ".scope/user.slice/user-7.slice/user@7.service/"
		  "app.slice/a.service",
			"docker", SHORT, "docker-" ID ".scope" },
		{ USER_1000 "/user.slice/libpod-" ID ".scope/container/system.slice/a.service",
			"podman", SHORT, "libpod-" ID ".scope" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i]);
}

static void
the_outermost_container_counts_but_a_sandbox_gives_way(void **state)
{
	static const struct expected cases[] = {
		{ "/system.slice/docker-" ID ".scope" KIND "/kubelet-kubepods-besteffort-pod" UID_
		  ".slice/cri-containerd-" ID2 ".scope",
			"docker", SHORT, "docker-" ID ".scope" },
		{ "/lxc.payload.c1/docker/" ID, "lxc", "c1" },
		{ "/system.slice/snap.docker.dockerd.service/docker/" ID, "docker", SHORT,
			"snap.docker.dockerd.service" },
		{ "/system.slice/h_slurmstepd.scope/job_1/step_0/user/libpod-" ID, "podman", SHORT,
			"h_slurmstepd.scope" },
		{ "/system.slice/snap.a.b.service/snap.c.d.service", "snap", "a.b",
			"snap.a.b.service" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i]);
}

static void
names_that_only_look_like_containers_are_none(void **state)
{
	static const char *const paths[] = {
		"/docker-.scope",
		"/docker--.scope",
		"/docker-web.scope",
		"/docker-0123456789a.scope",
		"/docker-" ID "0.scope",
		"/docker-0123456789ABCDEF.scope",
		"/docker-" ID ".slice",
		"/libpod-------------.scope",
		"/lxc.payload.",
		"/lxc",
		"/x/default/web",
		("/a" ID),
		"/0123456789abcdef",
		"/app-flatpak-.scope",
		"/app-flatpak--.scope",
		"/app-flatpak-x-.scope",
		"/app-flatpak-x.scope",
		"/machine-.scope",
		"/machine-a.slice",
		"/systemd-nspawn@.service",
		"/snap..scope",
		"/snap.scope",
		"/job_1",
		"/x_slurmstepd.scope/job_",
		"/x_slurmstepd.scope/job_1a",
		"/qemu.slice/a.scope",
		"/.slice:docker:",
		"/-pod.slice",
		"/kubepods-pod.slice",
		"/kubepods-pod------------.slice",
		"/podman/pod",
		"//////",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct container container = parse(paths[i]);

		if (container.kind || container.pod)
			fail_msg("%s", paths[i]);
	}
}

static void
hostile_names_stay_within_their_bounds(void **state)
{
	char name[300], path[4096 + 64], text[CONTAINER_TEXT_SIZE];
	struct container container;

	memset(name, 'x', sizeof(name));
	for (int length = 254; length <= 256; length++) {
		snprintf(path, sizeof(path), "/lxc/%.*s", length, name);
		container = parse(path);
		assert_int_equal(container.kind != NULL, length <= 255);
		if (!container.kind)
			continue;
		container_name(&container, text);
		assert_int_equal(strlen(text), length);
	}
	container = parse("/lxc.payload.a\n\x1b[2J\xff");
	container_name(&container, text);
	assert_string_equal(text, "a\n\x1b[2J\xff"); /* escaped where it is shown */
	container = parse("/machine-\\x00\\x1b\\x2.scope");
	container_name(&container, text);
	assert_string_equal(text, "\\x00\x1b\\x2");
	container = parse("/machine-qemu\\x2d1\\x2d.scope");
	container_name(&container, text);
	assert_string_equal(text, "qemu-1-");
}

/* The text need not end where the path ends. */
static void
long_and_deep_paths_are_searched_to_their_end_and_no_further(void **state)
{
	size_t length = 0;
	char *path = test_calloc(1, 4096);
	struct container container;

	for (; length < 4096; length++)
		path[length] = "/a-"[length % 3];
	assert_null(container_parse(path, length).kind);
	memset(path, '-', length);
	assert_null(container_parse(path, length).kind);
	memset(path, 'a', length);
	assert_null(container_parse(path, length).kind);
	length = 0;
	for (int i = 0; i < 60; i++)
		length += (size_t)sprintf(path + length, "/level-%d", i);
	length += (size_t)sprintf(path + length, "/docker/" ID);
	container = container_parse(path, length);
	assert_string_equal(container.kind, "docker");
	assert_int_equal(container.end, length);
	assert_string_equal(container_parse(path, length - 1).kind, "docker");
	assert_null(container_parse(path, length - 60).kind);
	test_free(path);
}

static void
version_1_has_it_in_the_path_of_memory_or_else_of_systemd(void **state)
{
	struct cgroup cgroup;

	assert_int_equal(
		cgroup_parse("5:memory:/docker/" ID "\n1:name=systemd:/docker/" ID2 "\n", &cgroup),
		0);
	assert_memory_equal(cgroup.container.name, ID, 64);
	assert_int_equal(
		cgroup_parse("5:memory:/\n1:name=systemd:/machine.slice/machine-a.scope\n0::/\n",
			&cgroup),
		0);
	assert_string_equal(cgroup.container.kind, "nspawn");
	assert_int_equal(cgroup_parse("5:memory:/lxc/a\n4:cpu:/docker/" ID "\n", &cgroup), 0);
	assert_string_equal(cgroup.container.kind, "lxc");
}

static void
the_user_is_that_of_the_slice(void **state)
{
	static const struct {
		const char *path;
		int64_t user;
	} cases[] = {
		{ USER_1000 "/user.slice/libpod-" ID ".scope", 1000 },
		{ "/machine.slice/libpod-" ID ".scope", 0 },
		{ "/user.slice/user-0.slice/session-1.scope/libpod-" ID, 0 },
		{ "/user.slice/user-.slice/libpod-" ID, 0 },
		{ "/user.slice/user-x.slice/libpod-" ID, 0 },
		{ "/user.slice/user-99999999999.slice/libpod-" ID, 0 },
		{ "/x/user.slice/user-1000.slice/libpod-" ID, 0 },
		{ "/docker/" ID "/user.slice/user-1000.slice", 0 },
		{ USER_1000 "/x/kubepods/pod" UID, 1000 },
		{ USER_1000, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct container container = parse(cases[i].path);

		assert_int_equal(container_user(&container), cases[i].user);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_runtime_is_known_by_its_path),
		cmocka_unit_test(
			G5_a_pod_in_the_service_of_its_runtime_has_its_own_name_and_not_that_unit),
		cmocka_unit_test(G6_the_unit_is_never_one_of_a_systemd_in_the_container),
		cmocka_unit_test(the_outermost_container_counts_but_a_sandbox_gives_way),
		cmocka_unit_test(names_that_only_look_like_containers_are_none),
		cmocka_unit_test(hostile_names_stay_within_their_bounds),
		cmocka_unit_test(long_and_deep_paths_are_searched_to_their_end_and_no_further),
		cmocka_unit_test(version_1_has_it_in_the_path_of_memory_or_else_of_systemd),
		cmocka_unit_test(the_user_is_that_of_the_slice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
