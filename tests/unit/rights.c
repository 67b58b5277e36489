// SPDX-License-Identifier: GPL-3.0-or-later
#include "rights.h"

#include "unit.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

bool
as_root(void)
{
	return geteuid() == 0;
}

bool
as_nobody(void)
{
	return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

bool
with_perfmon_only(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { { 0 }, { 0 } };
	const uint32_t bit = UINT32_C(1) << (CAP_PERFMON - 32);

	sets[1].effective = sets[1].permitted = bit;
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && as_nobody() &&
	       syscall(SYS_capset, &header, sets) == 0;
}

static bool
filter_with(int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool
where_perf_is_not_permitted(void)
{
	return filter_with(EPERM);
}

bool
where_perf_does_not_exist(void)
{
	return filter_with(ENOSYS);
}

static bool
write_to(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Who has no number in a user namespace can make no file in it. */
static bool
in_a_user_namespace(void)
{
	char user[32], group[32];

	snprintf(user, sizeof(user), "%u %u 1", geteuid(), geteuid());
	snprintf(group, sizeof(group), "%u %u 1", getegid(), getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_to("/proc/self/uid_map", user) &&
	       write_to("/proc/self/setgroups", "deny") && write_to("/proc/self/gid_map", group);
}

bool
with_mounts_of_its_own(void)
{
	return (unshare(CLONE_NEWNS) == 0 || in_a_user_namespace()) &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

bool
without_locked_memory(void)
{
	enum { USER = NOBODY - 7 };

	return setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ 0, 0 }) == 0 &&
	       setgroups(0, NULL) == 0 && setresgid(USER, USER, USER) == 0 &&
	       setresuid(USER, USER, USER) == 0;
}

bool
run_with_rights(bool (*set_up)(void), void (*run)(const void *question, void *answer),
	const void *question, void *answer, size_t size)
{
	bool is_set_up = false;
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		is_set_up = set_up();
		if (is_set_up)
			run(question, answer);
		_exit(write(pipes[1], &is_set_up, sizeof(is_set_up)) != sizeof(is_set_up) ||
			write(pipes[1], answer, size) != (ssize_t)size);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &is_set_up, sizeof(is_set_up)), sizeof(is_set_up));
	assert_int_equal(read(pipes[0], answer, size), size);
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return is_set_up;
}
