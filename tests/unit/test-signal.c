// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "act/signal.h"
#include "collect/procfs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void
signals_are_known_by_name_and_number(void **state)
{
	static const char *const wrong[] = { "", "0", "-1", "65", "9x", "SIG", "SIGSIGTERM",
		"TER" };

	assert_int_equal(signal_parse("TERM"), SIGTERM);
	assert_int_equal(signal_parse("sigkill"), SIGKILL);
	assert_int_equal(signal_parse("Usr1"), SIGUSR1);
	assert_int_equal(signal_parse("15"), SIGTERM);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(signal_parse(wrong[i]), -EINVAL);
}

static int64_t
start_time_of(pid_t pid)
{
	struct procfs_stat stat;
	char path[32], text[1024];
	FILE *file;
	size_t length;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	assert_int_equal(procfs_parse_stat(text, length, &stat), 0);
	return stat.start_time;
}

static void
a_signal_reaches_only_who_was_meant(void **state)
{
	pid_t pid = fork();
	int64_t start_time;
	int status;

	if (pid == 0)
		for (;;)
			pause();
	start_time = start_time_of(pid);
	assert_int_equal(signal_send(pid, start_time + 1, SIGKILL), -ESRCH);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(signal_send(pid, start_time, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(signal_send(pid, start_time, SIGTERM), -ESRCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_are_known_by_name_and_number),
		cmocka_unit_test(a_signal_reaches_only_who_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
