// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/known.h"
#include "base/unit.h"
#include "collect/cgroup.h"
#include "collect/process-files.h"
#include "collect/procfs.h"
#include "collect/system.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define STAT_REST                                                                                  \
	" S 1 7 7 0 -1 4194304 11 0 3 0 250 50 0 0 20 -5 4 0 4711 409600 99 18446744073709551615 " \
	"94000 94100 140000 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"

static void
T29_comm_ends_at_the_last_parenthesis(void **state)
{
	static const struct {
		const char *text, *comm;
	} cases[] = {
		{ "42 (cat)" STAT_REST, "cat" },
		{ "42 (a) R 1 1 (b)" STAT_REST, "a) R 1 1 (b" },
		{ "42 ())" STAT_REST, ")" },
		{ "42 ()" STAT_REST, "" },
		{ "42 (new\nline \x1b[31m)" STAT_REST, "new\nline \x1b[31m" },
		{ "42 (\xff\xfe)" STAT_REST, "\xff\xfe" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct procfs_stat stat;

		assert_int_equal(procfs_parse_stat(cases[i].text, strlen(cases[i].text), &stat), 0);
		assert_int_equal(stat.comm_length, strlen(cases[i].comm));
		assert_memory_equal(stat.comm, cases[i].comm, stat.comm_length);
		assert_int_equal(stat.pid, 42);
		assert_int_equal(stat.state, 'S');
		assert_int_equal(stat.parent, 1);
		assert_int_equal(stat.minor_faults, 11);
		assert_int_equal(stat.major_faults, 3);
		assert_int_equal(stat.user_ticks + stat.system_ticks, 300);
		assert_int_equal(stat.nice, -5);
		assert_int_equal(stat.threads, 4);
		assert_int_equal(stat.start_time, 4711);
		assert_int_equal(stat.virtual, 409600);
		assert_int_equal(stat.start_stack, 140000);
	}
}

static void
a_broken_stat_is_refused(void **state)
{
	static const char *const cases[] = { "", "42", "42 (", "42 (cat", "42 (cat)", "42 (cat) S",
		"42 (cat) S 1 2 3", "x (cat)" STAT_REST, ")( S 1", "42 (cat)S 1" };
	struct procfs_stat stat;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(procfs_parse_stat(cases[i], strlen(cases[i]), &stat), -EINVAL);
}

static void
T15_shared_is_what_files_back(void **state)
{
	int64_t page = sysconf(_SC_PAGESIZE);
	struct procfs_statm statm;

	assert_int_equal(procfs_parse_statm("765 405 376 5 0 123 0\n", &statm), 0);
	assert_int_equal(statm.virtual, 765 * page);
	assert_int_equal(statm.resident, 405 * page);
	assert_int_equal(statm.shared, 376 * page);
	assert_int_equal(procfs_parse_statm("765 405", &statm), -EINVAL);
	assert_int_equal(procfs_parse_statm("", &statm), -EINVAL);
	assert_int_equal(procfs_parse_statm("-1 2 3", &statm), -EINVAL);
}

/* fs/proc/array.c: utime, stime ... rss, and behind it what must be there. */
#define STAT_WITH(utime, rss)                                                                      \
	"1 (x) S 1 1 1 0 -1 0 0 0 0 0 " utime " " utime " 0 0 20 0 1 0 5 4096 " rss                \
	" 18446744073709551615 1 1 1\n"

static void
S5_a_product_that_is_too_large_is_unknown(void **state)
{
	static const struct {
		const char *text;
		int64_t pages;
	} cases[] = {
		{ STAT_WITH("1", "7"), 7 },
		{ STAT_WITH("1", "0"), 0 },
		{ STAT_WITH("1", "9223372036854775807"), UNKNOWN },
		{ STAT_WITH("1", "-9223372036854775800"), UNKNOWN },
		{ STAT_WITH("1", "-1"), UNKNOWN },
	};
	int64_t page = sysconf(_SC_PAGESIZE);
	struct procfs_statm statm;
	struct procfs_stat stat;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t pages = cases[i].pages;

		assert_int_equal(procfs_parse_stat(cases[i].text, strlen(cases[i].text), &stat), 0);
		assert_true(stat.resident == (pages == UNKNOWN ? UNKNOWN : pages * page));
	}
	assert_int_equal(procfs_parse_statm("1 9223372036854775807 1", &statm), -EINVAL);
	assert_true(procfs_field("Pss: 9223372036854775807 kB\n", "Pss") == UNKNOWN);
	assert_true(known_pages(INT64_MAX) == UNKNOWN && known_pages(-1) == UNKNOWN);
	assert_true(known_pages(UNKNOWN) == UNKNOWN && known_pages(3) == 3 * page);
}

static void
L25_counters_of_each_kind_of_zone_add_up(void **state)
{
	static const char text[] =
		"nr_free_pages 7\npgscan_kswapd_dma 11\npgscan_kswapd_dma32 22\n"
		"pgscan_kswapd_normal 4000\npgscan_direct 5\npgscan_direct_throttle 9\n"
		"allocstall_movable 3\npgsteal_kswapd_high x\n"
		"pswpin 9223372036854775\noom_kill";

	assert_int_equal(vmstat_counter(text, "pgscan_kswapd"), 4033);
	assert_int_equal(vmstat_counter(text, "pgscan_direct"), 5);
	assert_int_equal(vmstat_counter(text, "allocstall"), 3);
	assert_true(vmstat_counter(text, "pswpin") == INT64_C(9223372036854775));
	assert_true(vmstat_counter(text, "pgsteal_kswapd") == UNKNOWN);
	assert_true(vmstat_counter(text, "oom_kill") == UNKNOWN);
	assert_true(vmstat_counter(text, "nr_free") == UNKNOWN);
	assert_true(vmstat_counter("", "pswpin") == UNKNOWN);
}

static const char rollup[] =
	"55d0c0000000-7ffc00000000 ---p 00000000 00:00 0  [rollup]\n"
	"Rss:                1560 kB\nPss:                 112 kB\nPss_Dirty:            90 kB\n"
	"Pss_Anon:             80 kB\nShared_Clean:       1400 kB\nPrivate_Clean:         40 kB\n"
	"Private_Dirty:         88 kB\nShared_Hugetlb:     2048 kB\nPrivate_Hugetlb:    4096 kB\n"
	"Swap:                 30 kB\nSwapPss:              10 kB\nLocked:                0 kB\n";

static void
T20_whole_keys_match(void **state)
{
	assert_int_equal(procfs_field(rollup, "Pss"), 112 * 1024);
	assert_int_equal(procfs_field(rollup, "SwapPss"), 10 * 1024);
	assert_int_equal(procfs_field(rollup, "Swap"), 30 * 1024);
	assert_int_equal(procfs_field(rollup, "Pss_Anon"), 80 * 1024);
	assert_true(procfs_field(rollup, "Pss_") == UNKNOWN);
	assert_true(procfs_field(rollup, "ss") == UNKNOWN);
}

static void
fields_need_a_number(void **state)
{
	assert_true(procfs_field("Key:\n", "Key") == UNKNOWN);
	assert_true(procfs_field("Key: x\n", "Key") == UNKNOWN);
	assert_true(procfs_field("Key", "Key") == UNKNOWN);
	assert_int_equal(procfs_field("Threads:\t12\n", "Threads"), 12);
	assert_int_equal(procfs_field("a\nKey:   7 kB", "Key"), 7 * 1024);
	assert_true(procfs_field("Key: 99999999999999999999 kB\n", "Key") == UNKNOWN);
}

static void
fields_are_found_in_any_order(void **state)
{
	struct {
		int64_t a, b, c;
	} row = { UNKNOWN, UNKNOWN, UNKNOWN };
	const struct procfs_key keys[] = { { "A", 0 }, { "B", 8 }, { "C", 16 } };

	procfs_fields("C: 3\nX: 9\nA: 1 kB\nB: 2\n", keys, ARRAY_SIZE(keys), &row);
	assert_int_equal(row.a, 1024);
	assert_int_equal(row.b, 2);
	assert_int_equal(row.c, 3);
}

static void
cgroup_is_of_the_memory_controller(void **state)
{
	static const struct {
		const char *text, *path, *unit;
	} cases[] = {
		{ "0::/system.slice/db.service\n", "/system.slice/db.service", "db.service" },
		{ "0::/\n", "/", NULL },
		{ "9:name=systemd:/a.slice/x.service\n4:memory:/process/8ef9\n0::/\n",
			"/process/8ef9", "x.service" },
		{ "4:cpu,memory:/m\n", "/m", NULL },
		{ "4:memoryx:/m\n0::/v2\n", "/v2", NULL },
		{ "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope\n",
			"/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope",
			"app-x.scope" },
		{ "0::/system.slice/a.service/inner:with:colons\n",
			"/system.slice/a.service/inner:with:colons", "a.service" },
		{ "0::/x.slice/.service", "/x.slice/.service", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup cgroup;

		assert_int_equal(cgroup_parse(cases[i].text, &cgroup), 0);
		assert_int_equal(cgroup.path_length, strlen(cases[i].path));
		assert_memory_equal(cgroup.path, cases[i].path, cgroup.path_length);
		if (!cases[i].unit) {
			assert_null(cgroup.unit);
			continue;
		}
		assert_int_equal(cgroup.unit_length, strlen(cases[i].unit));
		assert_memory_equal(cgroup.unit, cases[i].unit, cgroup.unit_length);
	}
	for (const char *const *bad = (const char *const[]){ "", "x", "1:2", "\n\n", NULL }; *bad;
		bad++)
		assert_int_equal(cgroup_parse(*bad, &(struct cgroup){ .path = NULL }), -EINVAL);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PODS "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7d4424e6_bb13.slice"
#define KIND "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice"
#define USER_1000 "/user.slice/user-1000.slice/user@1000.service"

/* Neither that of a systemd inside a container nor that of a runtime which only keeps pods. */
static void
F4_the_unit_is_one_of_the_outer_system(void **state)
{
	static const struct {
		const char *path, *unit;
	} cases[] = {
		{ "/system.slice/docker-" ID ".scope", "docker-" ID ".scope" },
		{ "/system.slice/docker-" ID ".scope/system.slice/ssh.service",
			"docker-" ID ".scope" },
		{ "/system.slice/docker-" ID ".scope/kubepods/burstable/pod1/" ID,
			"docker-" ID ".scope" },
		{ "/docker/" ID, NULL },
		{ "/docker/" ID "/system.slice/ssh.service", NULL },
		{ "/" ID, NULL },
		{ "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope" },
		{ "/machine.slice/libpod-" ID ".scope/ctr", "libpod-" ID ".scope" },
		{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope" },
		{ "/system.slice/web.service/libpod-payload-" ID, "web.service" },
		{ "/machine.slice/machine-libpod_pod_" ID ".slice/libpod-" ID ".scope",
			"libpod-" ID ".scope" },
		{ USER_1000 "/user.slice/libpod-" ID ".scope", "libpod-" ID ".scope" },
		{ USER_1000 "/user.slice/user-libpod_pod_" ID ".slice/libpod-" ID
			    ".scope/container/system.slice/ssh.service",
			"libpod-" ID ".scope" },
		{ USER_1000 "/user.slice/podman-9.scope/libpod_parent/libpod-" ID "/ctr",
			"podman-9.scope" },
		{ PODS "/cri-containerd-" ID ".scope", "cri-containerd-" ID ".scope" },
		{ PODS "/crio-" ID ".scope", "crio-" ID ".scope" },
		{ PODS "/docker-" ID ".scope", "docker-" ID ".scope" },
		{ "/kubepods.slice/kubepods-podUID.slice/crio-" ID ".scope", "crio-" ID ".scope" },
		{ KIND "/kubelet-kubepods-besteffort-podUID.slice/cri-containerd-" ID ".scope",
			"cri-containerd-" ID ".scope" },
		{ "/kubepods/burstable/pod7d4424e6-bb13/" ID, NULL },
		{ "/system.slice/containerd.service/kubepods-besteffort-podUID.slice:"
		  "cri-containerd:" ID,
			NULL },
		{ "/system.slice/containerd.service", "containerd.service" },
		{ "/system.slice/k3s.service/kubepods/burstable/podUID/" ID, NULL },
		{ "/system.slice/x.service/machine.slice:libpod:" ID, NULL },
		{ "/default/web", NULL },
		{ "/k8s.io/" ID, NULL },
		{ "/lxc/c1", NULL },
		{ "/lxc.payload/c1", NULL },
		{ "/lxc.payload.c1/system.slice/ssh.service", NULL },
		{ "/lxc.monitor.c1", NULL },
		{ "/lxc.payload.c1/.lxc", NULL },
		{ "/lxc/101/ns/system.slice/cron.service", NULL },
		{ "/machine.slice/machine-a.scope/payload/system.slice/dbus-broker.service",
			"machine-a.scope" },
		{ "/machine.slice/machine-a.scope/payload/user.slice/user-0.slice/user@0.service/"
		  "app.slice/x.service",
			"machine-a.scope" },
		{ "/machine.slice/systemd-nspawn@a.service/payload/init.scope",
			"systemd-nspawn@a.service" },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
			"machine-qemu\\x2d1\\x2dvm.scope" },
		{ USER_1000 "/app.slice/app-flatpak-org.x-1.scope", "app-flatpak-org.x-1.scope" },
		{ USER_1000 "/app.slice/app-gnome-firefox-77.scope", "app-gnome-firefox-77.scope" },
		{ USER_1000 "/app.slice/app-x@1.service", "app-x@1.service" },
		{ USER_1000 "/app.slice/snap.x.y-1.scope", "snap.x.y-1.scope" },
		{ USER_1000 "/init.scope", "init.scope" },
		{ USER_1000, "user@1000.service" },
		{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope" },
		{ "/system.slice/snap.lxd.daemon.service", "snap.lxd.daemon.service" },
		{ "/system.slice/h_slurmstepd.scope/job_1/step_0/user/task_0",
			"h_slurmstepd.scope" },
		{ "/../../system.slice/db.service", "db.service" },
		{ "/system.slice", NULL },
		{ "/", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1024], unit[256] = "-";
		struct cgroup cgroup;

		snprintf(text, sizeof(text), "0::%s\n", cases[i].path);
		assert_int_equal(cgroup_parse(text, &cgroup), 0);
		if (cgroup.unit)
			snprintf(unit, sizeof(unit), "%.*s", (int)cgroup.unit_length, cgroup.unit);
		assert_string_equal(unit, cases[i].unit ? cases[i].unit : "-");
	}
}

static void
pressure_is_read_where_there_is_any(void **state)
{
	struct system system;

	table_reset_row(&system_table, &system);
	pressure_parse("some avg10=0.12 avg60=12.50 avg300=100.00 total=1234567\n"
		       "full avg10=0.00 avg60=1.00 avg300=0.50 total=89\n",
		&system);
	assert_int_equal(system.some_avg10, 1);
	assert_int_equal(system.some_avg60, 125);
	assert_int_equal(system.some_avg300, 1000);
	assert_int_equal(system.some_total, INT64_C(1234567000));
	assert_int_equal(system.full_avg10, 0);
	assert_int_equal(system.full_total, 89000);
	table_reset_row(&system_table, &system);
	pressure_parse("some avg10=x avg60=\n", &system);
	assert_true(system.some_avg10 == UNKNOWN);
	assert_true(system.full_avg10 == UNKNOWN);
}

static void
a_file_is_read_whole_or_not_at_all(void **state)
{
	struct tree tree;
	char text[16];

	tree_create(&tree);
	tree_write(&tree, "1/short", "abc");
	tree_write(&tree, "1/long", "0123456789abcdefXYZ");
	assert_int_equal(procfs_read(tree.fd, "1/short", text, sizeof(text)), 3);
	assert_string_equal(text, "abc");
	assert_int_equal(procfs_read(tree.fd, "1/long", text, sizeof(text)), 15);
	assert_string_equal(text, "0123456789abcde");
	assert_int_equal(procfs_read(tree.fd, "1/absent", text, sizeof(text)), -ENOENT);
	assert_int_equal(procfs_read(tree.fd, "1", text, sizeof(text)), -EISDIR);
	tree_destroy(&tree);
}

static void
limits_are_read_by_their_names(void **state)
{
	static const char text[] =
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max data size             unlimited            unlimited            bytes     \n"
		"Max stack size            8388608              unlimited            bytes     \n"
		"Max new thing             1                    2                    bytes     \n"
		"Max open files            1024                 524288               files     \n"
		"Max locked memory         x                    7\n"
		"Max processes             3";
	struct limit limits[LIMIT_KINDS];

	for (size_t i = 0; i < LIMIT_KINDS; i++)
		limits[i] = (struct limit){ UNKNOWN, UNKNOWN };
	limits_parse(text, limits);
	assert_true(limits[LIMIT_DATA].soft == UNLIMITED && limits[LIMIT_DATA].hard == UNLIMITED);
	assert_true(limits[LIMIT_STACK].soft == 8388608 && limits[LIMIT_STACK].hard == UNLIMITED);
	assert_true(limits[LIMIT_OPEN_FILES].soft == 1024);
	assert_true(limits[LIMIT_OPEN_FILES].hard == 524288);
	assert_true(limits[LIMIT_LOCKED].soft == UNKNOWN && limits[LIMIT_LOCKED].hard == UNKNOWN);
	assert_true(limits[LIMIT_PROCESSES].soft == 3 && limits[LIMIT_PROCESSES].hard == UNKNOWN);
	assert_true(limits[LIMIT_ADDRESS_SPACE].soft == UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(S5_a_product_that_is_too_large_is_unknown),
		cmocka_unit_test(L25_counters_of_each_kind_of_zone_add_up),
		cmocka_unit_test(T29_comm_ends_at_the_last_parenthesis),
		cmocka_unit_test(a_broken_stat_is_refused),
		cmocka_unit_test(T15_shared_is_what_files_back),
		cmocka_unit_test(T20_whole_keys_match),
		cmocka_unit_test(fields_need_a_number),
		cmocka_unit_test(fields_are_found_in_any_order),
		cmocka_unit_test(cgroup_is_of_the_memory_controller),
		cmocka_unit_test(F4_the_unit_is_one_of_the_outer_system),
		cmocka_unit_test(pressure_is_read_where_there_is_any),
		cmocka_unit_test(limits_are_read_by_their_names),
		cmocka_unit_test(a_file_is_read_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
