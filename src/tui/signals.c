// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/signals.h"

#include "act/signal.h"
#include "tui/context.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const char *
signals_meaning(int number)
{
	static const char *const meanings[NSIG] = {
		[SIGHUP] = "terminal closed; reload",
		[SIGINT] = "as Ctrl-C",
		[SIGQUIT] = "end and dump core",
		[SIGABRT] = "abort and dump core",
		[SIGKILL] = "end at once",
		[SIGUSR1] = "the program's own",
		[SIGSEGV] = "as a bad access",
		[SIGUSR2] = "the program's own",
		[SIGPIPE] = "as a closed pipe",
		[SIGALRM] = "a timer's end",
		[SIGTERM] = "ask to end",
		[SIGCONT] = "go on after STOP",
		[SIGSTOP] = "stop at once",
		[SIGTSTP] = "as Ctrl-Z",
		[SIGWINCH] = "the terminal's size changed",
	};

	return number > 0 && number < NSIG && meanings[number] ? meanings[number] : "";
}

/* The kernel takes signals for its threads and drops them: that is told, not done. */
static int
send_signal(const struct tui *tui, const struct process_key *key)
{
	const struct process *process = tui_find(tui, key);

	if (process && process->kernel_thread == 1)
		return -EOPNOTSUPP;
	return signal_send(key->pid, key->start_time, tui->signal.number);
}

static void
answered(struct tui *tui, bool yes)
{
	const struct signal_order *order = &tui->signal;
	size_t sent = 0;

	if (!yes)
		return;
	for (size_t i = 0; i < order->count; i++) {
		int error = send_signal(tui, &order->keys[i]);

		if (error == -EOPNOTSUPP)
			tui_say(tui, "cannot send SIG%s to %lld: it is a kernel thread",
				sigabbrev_np(order->number), (long long)order->keys[i].pid);
		else if (error < 0)
			tui_say(tui, "cannot send SIG%s to %lld: %s", sigabbrev_np(order->number),
				(long long)order->keys[i].pid, strerror(-error));
		else
			sent++;
	}
	if (sent == order->count)
		tui_say(tui, "SIG%s sent to %zu process%s", sigabbrev_np(order->number), sent,
			sent == 1 ? "" : "es");
	tui->wants_refresh = true;
}

bool
signals_ask(struct tui *tui, int number)
{
	struct signal_order *order = &tui->signal;
	const struct process *process = tui_find(tui, &order->keys[0]);
	char question[PROMPT_SIZE], name[64], user[64];

	order->number = number;
	if (order->count > 1) {
		snprintf(question, sizeof(question), "Send SIG%s to %zu tagged processes?",
			sigabbrev_np(number), order->count);
	} else if (process) {
		text_safe(name, sizeof(name), process->comm ? process->comm : "-", tui->charset);
		text_safe(user, sizeof(user), process->user ? process->user : "-", tui->charset);
		snprintf(question, sizeof(question), "Send SIG%s to %lld %s (user %s)?",
			sigabbrev_np(number), (long long)process->pid, name, user);
	} else {
		tui_say(tui, "%lld has ended", (long long)order->keys[0].pid);
		return false;
	}
	prompt_ask(&tui->prompt, question, answered);
	return true;
}
