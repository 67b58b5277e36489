// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/unit.h"
#include "oomlog/line.h"

#include <string.h>

#define SECOND INT64_C(1000000000)
#define NOW (INT64_C(1795356000) * SECOND) /* 2026-11-22T14:00:00Z */

static void
what_stands_before_a_message_is_taken_off(void **state)
{
	static const struct {
		const char *line; /* up to its last x, where the message begins */
		enum log_origin origin;
		int64_t uptime_ms, time; /* seconds */
	} cases[] = {
		{ "[   12.345678] x", LOG_ANYONE, 12345, UNKNOWN },
		{ "[   12.345678][ T1234] x", LOG_ANYONE, 12345, UNKNOWN },
		{ "[   12.345678] [    C1] x", LOG_ANYONE, 12345, UNKNOWN },
		{ "[   12.345678 <    0.000012>] x", LOG_ANYONE, 12345, UNKNOWN },
		{ "<4>[   12.345678]  x", LOG_ANYONE, 12345, UNKNOWN },
		{ "kern  :warn  : [   12.345678] x", LOG_ANYONE, 12345, UNKNOWN },
		{ "[   12.345678] host kernel: x", LOG_KERNEL, 12345, UNKNOWN },
		{ "[   12.345678] a b kernel: x", LOG_KERNEL, 12345, UNKNOWN },
		{ "6,1234,12345678,-;x", LOG_KERNEL, 12345, UNKNOWN },
		{ "6,1234,12345678,-,caller=T1;x", LOG_KERNEL, 12345, UNKNOWN },
		{ "[Sun Nov 22 14:00:01 2026] x", LOG_ANYONE, UNKNOWN, 1795356001 },
		{ "[So 22. Nov 14:00:01 2026] x", LOG_ANYONE, UNKNOWN, 1795356001 },
		{ "[Nov22 14:00] x", LOG_ANYONE, UNKNOWN, 1795356000 },
		{ "[  +0.000012] x", LOG_ANYONE, UNKNOWN, UNKNOWN },
		{ "[<    0.000012>] x", LOG_ANYONE, UNKNOWN, UNKNOWN },
		{ "2026-11-22T15:00:01,123456+01:00 x: y", LOG_ANYONE, UNKNOWN, 1795356001 },
		{ "2026-11-22T15:00:01+0100 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "2026-11-22T14:00:01.5Z h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "2026-11-22 14:00:01 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "Sun 2026-11-22 14:00:01 UTC h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "1795356001.123456 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "Nov 22 14:00:01 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "Nov 22 14:00:01 kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "Nov 22 14:00:01 h kernel: [   12.345678] x", LOG_KERNEL, 12345, 1795356001 },
		{ "<4>1 2026-11-22T14:00:01Z h kernel - - - x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "<4>1 2026-11-22T14:00:01Z h app 7 - - x", LOG_OTHER, UNKNOWN, 1795356001 },
		{ "nov. 22 14:00:01 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "noviembre 22 14:00:01 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "11月 22 14:00:01 h kernel: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "ноя 22 14:00:01 h klogd: x", LOG_KERNEL, UNKNOWN, 1795356001 },
		{ "?? 22 14:00:01 h kernel: x", LOG_KERNEL, UNKNOWN, UNKNOWN },
		{ "[Вс ноя 22 14:00:01 2026] x", LOG_ANYONE, UNKNOWN, 1795356001 },
		{ "Sun Nov 22 14:00:01 2026 kern.warn kernel: [   12.345678] x", LOG_KERNEL, 12345,
			1795356001 },
		{ "[2026-11-22 14:00:01] [   12.345678] x", LOG_ANYONE, 12345, 1795356001 },
		{ "Dec  1 00:00:00 h kernel: x", LOG_KERNEL, UNKNOWN, 1764547200 },
		{ "Nov 22 14:00:01 h earlyoom[7]: x", LOG_EARLYOOM, UNKNOWN, 1795356001 },
		{ "Nov 22 14:00:01 h systemd-oomd[7]: x", LOG_SYSTEMD_OOMD, UNKNOWN, 1795356001 },
		{ "Nov 22 14:00:01 h sshd[7]: x", LOG_OTHER, UNKNOWN, 1795356001 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct log_line line;
		int64_t time;

		log_line_parse(cases[i].line, strrchr(cases[i].line, 'x'), &line);
		time = line.has_stamp ? log_stamp_time(&line.stamp, NOW) : UNKNOWN;
		assert_int_equal(line.origin, cases[i].origin);
		assert_int_equal(line.uptime_us == UNKNOWN ? UNKNOWN : line.uptime_us / 1000,
			cases[i].uptime_ms);
		assert_int_equal(time == UNKNOWN ? UNKNOWN : time / SECOND, cases[i].time);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_before_a_message_is_taken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
