// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A terminal of 160x50 that notes when what came: runs a command in it, presses keys, ends the
 * command and prints a record of all that happened. It understands nothing of what it is sent, so
 * that its own work delays nothing; see record.py.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define ANSWER_NS (5 * SECOND) /* how long an answer to a key is waited for */
#define CPU_CLOCK(pid) ((clockid_t)(~(unsigned)(pid) << 3 | 2)) /* as clock_getcpuclockid(3) */

enum {
	COLUMNS = 160,
	LINES = 50,
	READ_SIZE = 64 * 1024,
	RECORD_SIZE = 64 * 1024 * 1024, /* nothing is written before the end */
	QUIET_NS = 20 * 1000 * 1000,  /* after an answer neither output nor CPU time for so long, */
	SPARE_NS = 500 * 1000,        /* but for this much of it */
	FREED_NS = 300 * 1000 * 1000, /* after its end the kernel has freed what it held */
};

enum kind { STARTED, OUTPUT, KEY, QUIET, ENDED };

/*
 * Is followed by `length` bytes: of output, and at the end a text, what the command held of memory
 * and what the kernel held for it, KiB. Times in ns.
 */
struct record {
	int64_t time, cpu; /* that the command has used so far */
	int32_t kind, length;
};

struct terminal {
	pid_t pid;
	int fd;
	bool is_pipe;          /* none at all: output is only counted */
	bool application_keys; /* the command has asked for them */
};

static const char usage[] =
	"Usage: terminal [--pipe] SECONDS INTERVAL KEYS COMMAND...\n"
	"\n"
	"Runs COMMAND for SECONDS, on a terminal or with a pipe for its output. Then presses "
	"KEYS,\n"
	"separated by blanks, of which Down is one: each after the answer to the one before and a\n"
	"pause by chance, of up to 1.2 times INTERVAL seconds.\n";

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time) < 0)
		return -1;
	return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

static int64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static void
note(const struct terminal *terminal, enum kind kind, int64_t time, const char *bytes,
	size_t length)
{
	struct record record = { .time = time,
		.cpu = clock_ns(CPU_CLOCK(terminal->pid)),
		.kind = kind,
		.length = (int32_t)length };

	fwrite(&record, sizeof(record), 1, stdout);
	fwrite(bytes, 1, length, stdout);
}

static bool
use_terminal(const char *terminal)
{
	const struct winsize size = { .ws_row = LINES, .ws_col = COLUMNS };
	int fd;

	setsid();
	fd = open(terminal, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || ioctl(fd, TIOCSWINSZ, &size) < 0)
		return false;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	return true;
}

static bool
use_pipe(int output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	return dup2(null, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0;
}

/* In the child, which then tells by `started` when it begins the command. */
static void
exec_command(const struct terminal *terminal, int output, int started, char **command)
{
	int64_t now;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!(terminal->is_pipe ? use_pipe(output) : use_terminal(ptsname(terminal->fd))))
		_exit(127);
	now = now_ns();
	if (write(started, &now, sizeof(now)) == sizeof(now))
		execvp(command[0], command);
	_exit(127);
}

/* Opens the terminal, or a pipe of which `ret_output` is the end to write to. */
static bool
open_ends(struct terminal *terminal, int *ret_output)
{
	int ends[2];

	if (terminal->is_pipe) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			return false;
		terminal->fd = ends[0];
		*ret_output = ends[1];
		return true;
	}
	terminal->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	return terminal->fd >= 0 && grantpt(terminal->fd) == 0 && unlockpt(terminal->fd) == 0;
}

static bool
start(struct terminal *terminal, char **command)
{
	int started[2], output = -1;
	int64_t time;

	if (!open_ends(terminal, &output) || pipe2(started, O_CLOEXEC) < 0)
		return false;
	terminal->pid = fork();
	if (terminal->pid == 0)
		exec_command(terminal, output, started[1], command);
	close(started[1]);
	if (output >= 0)
		close(output);
	if (terminal->pid < 0 || read(started[0], &time, sizeof(time)) != sizeof(time))
		return false;
	close(started[0]);
	note(terminal, STARTED, time, NULL, 0);
	return true;
}

/* Reads what there is. Returns false if nothing came before `until` or ever will. */
static bool
read_until(struct terminal *terminal, int64_t until)
{
	static const char on[] = "\033[?1h", off[] = "\033[?1l";
	struct pollfd polled = { .fd = terminal->fd, .events = POLLIN };
	int64_t left = until - now_ns();
	const struct timespec pause = { .tv_sec = left / SECOND, .tv_nsec = left % SECOND };
	char bytes[READ_SIZE];
	ssize_t length;

	if (left <= 0 || ppoll(&polled, 1, &pause, NULL) <= 0)
		return false;
	length = read(terminal->fd, bytes, sizeof(bytes));
	if (length <= 0)
		return false;
	note(terminal, OUTPUT, now_ns(), bytes, terminal->is_pipe ? 0 : (size_t)length);
	if (memmem(bytes, (size_t)length, on, strlen(on)))
		terminal->application_keys = true;
	else if (memmem(bytes, (size_t)length, off, strlen(off)))
		terminal->application_keys = false;
	return true;
}

/* Returns whether anything came. */
static bool
listen_until(struct terminal *terminal, int64_t until)
{
	bool any = false;

	while (read_until(terminal, until))
		any = true;
	return any;
}

static bool
press(const struct terminal *terminal, const char *key)
{
	if (strcmp(key, "Down") == 0)
		key = terminal->application_keys ? "\033OB" : "\033[B";
	return write(terminal->fd, key, strlen(key)) > 0; /* else it has ended */
}

/* top and htop read all processes before they answer, and may first finish a refresh. */
static void
press_and_wait(struct terminal *terminal, const char *key)
{
	int64_t end = now_ns() + ANSWER_NS, cpu;
	bool is_answered = false;

	note(terminal, KEY, now_ns(), NULL, 0);
	press(terminal, key);
	do {
		cpu = clock_ns(CPU_CLOCK(terminal->pid));
		is_answered |= listen_until(terminal, now_ns() + QUIET_NS);
	} while ((!is_answered || clock_ns(CPU_CLOCK(terminal->pid)) - cpu > SPARE_NS) &&
		 now_ns() < end);
	note(terminal, QUIET, now_ns(), NULL, 0);
}

static void
press_all(struct terminal *terminal, char *keys, double interval)
{
	for (char *key = strtok(keys, " "); key; key = strtok(NULL, " ")) {
		int64_t pause = (int64_t)(drand48() * 1.2 * interval * 1e9);

		listen_until(terminal, now_ns() + pause);
		press_and_wait(terminal, key);
	}
}

/* The number after a name at the start of a line. */
static int64_t
number_in(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	char line[256];
	int64_t number = 0;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0)
			number = strtol(line + strlen(name), NULL, 10);
	if (file)
		fclose(file);
	return number;
}

/* What the kernel of the machine holds and cannot give back. */
static int64_t
kernel_memory_kib(void)
{
	static const char *const names[] = { "SUnreclaim:", "KernelStack:", "PageTables:" };
	int64_t sum = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sum += number_in("/proc/meminfo", names[i]);
	return sum;
}

static bool
has_ended_within(struct terminal *terminal, int64_t ns)
{
	char bytes[READ_SIZE];
	const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };

	for (int64_t end = now_ns() + ns; now_ns() < end; nanosleep(&pause, NULL)) {
		if (waitpid(terminal->pid, NULL, WNOHANG) != 0)
			return true;
		while (read(terminal->fd, bytes, sizeof(bytes)) > 0)
			; /* what it says while it ends is not recorded */
	}
	return false;
}

static void
end(struct terminal *terminal)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	bool ended;

	fcntl(terminal->fd, F_SETFL, O_NONBLOCK);
	ended = press(terminal, "q") && has_ended_within(terminal, SECOND);
	for (size_t i = 0; !ended && i < 2; i++) {
		kill(terminal->pid, signals[i]);
		ended = has_ended_within(terminal, SECOND);
	}
}

/* Ends the command and notes what memory it has cost. */
static void
end_and_weigh(struct terminal *terminal)
{
	const struct timespec pause = { .tv_nsec = FREED_NS };
	char path[32], text[64];
	int64_t peak, held;
	int length;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)terminal->pid);
	peak = number_in(path, "VmHWM:");
	held = kernel_memory_kib();
	end(terminal);
	nanosleep(&pause, NULL);
	length = snprintf(text, sizeof(text), "%jd %jd", (intmax_t)peak,
		(intmax_t)(held - kernel_memory_kib()));
	note(terminal, ENDED, now_ns(), text, (size_t)length);
}

/* What the command writes is read at once even where it and others keep all CPUs busy. */
static void
go_first(void)
{
	const struct sched_param priority = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) < 0)
		fprintf(stderr, "terminal: not permitted to go first: %s\n", strerror(errno));
}

int
main(int argument_count, char **arguments)
{
	struct terminal terminal = { .fd = -1 };
	double seconds, interval;

	if (argument_count > 1 && strcmp(arguments[1], "--pipe") == 0) {
		terminal.is_pipe = true;
		argument_count--;
		arguments++;
	}
	if (argument_count < 5) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	seconds = strtod(arguments[1], NULL);
	interval = strtod(arguments[2], NULL);
	srand48(now_ns());
	setvbuf(stdout, NULL, _IOFBF, RECORD_SIZE);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	go_first();
	if (!start(&terminal, arguments + 4)) {
		fprintf(stderr, "terminal: cannot run %s\n", arguments[4]);
		return EXIT_FAILURE;
	}
	listen_until(&terminal, now_ns() + (int64_t)(seconds * 1e9));
	note(&terminal, QUIET, now_ns(), NULL, 0);
	press_all(&terminal, arguments[3], interval);
	end_and_weigh(&terminal);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
