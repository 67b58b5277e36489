// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/choose.h"

#include "act/signal.h"
#include "tui/app.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The purpose of a signal in a few words, or "". */
static const char *
meaning_of(int number)
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

/* The kernel accepts signals for its threads and drops them: returns an error instead. */
static int
send_signal(const struct app *app, const struct process_key *key)
{
	const struct process *process = app_find(app, key);

	if (process && process->is_kernel_thread)
		return -EOPNOTSUPP;
	return signal_send(key->pid, key->start_time, app->signal.number);
}

static void
answered(struct app *app, bool yes)
{
	const struct signal_order *order = &app->signal;
	size_t sent = 0;

	if (!yes)
		return;
	for (size_t i = 0; i < order->count; i++) {
		int error = send_signal(app, &order->keys[i]);

		if (error < 0)
			app_say(app, "cannot send SIG%s to %lld: %s", signal_name(order->number),
				(long long)order->keys[i].pid,
				error == -EOPNOTSUPP ? "it is a kernel thread" : strerror(-error));
		else
			sent++;
	}
	if (sent == order->count)
		app_say(app, "SIG%s sent to %zu process%s", signal_name(order->number), sent,
			sent == 1 ? "" : "es");
	app_refresh(app);
}

/* Asks for confirmation. Returns false if the only target has ended. */
static bool
ask(struct app *app, int number)
{
	struct signal_order *order = &app->signal;
	const struct process *process = app_find(app, &order->keys[0]);
	char question[PROMPT_SIZE], name[64], user[64];

	order->number = number;
	if (order->count > 1 && app->target_group[0]) {
		snprintf(question, sizeof(question), "Send SIG%s to %s?", signal_name(number),
			app->target_group);
	} else if (order->count > 1) {
		snprintf(question, sizeof(question), "Send SIG%s to %zu processes?",
			signal_name(number), order->count);
	} else if (process) {
		text_safe(name, sizeof(name), process->comm ? process->comm : "-", app->charset);
		text_safe(user, sizeof(user), process->user ? process->user : "-", app->charset);
		snprintf(question, sizeof(question), "Send SIG%s to %lld %s (user %s)?",
			signal_name(number), (long long)process->pid, name, user);
	} else {
		app_say(app, "%lld has ended", (long long)order->keys[0].pid);
		return false;
	}
	prompt_ask(&app->prompt, question, answered);
	return true;
}

static void
fill_signals(struct app *app, struct choose *choose)
{
	for (int i = 1; i < NSIG; i++) {
		if (!signal_name(i))
			continue;
		if (i == SIGTERM)
			choose->preset = choose->count;
		choose_add(choose, &(struct choice){ i, signal_name(i), meaning_of(i), NULL });
	}
}

static bool
signal_chosen(struct app *app, const struct choice *choice)
{
	return ask(app, (int)choice->number);
}

void
choose_signal(struct app *app)
{
	static const struct choose_kind kind = {
		.label = "Signal: ",
		.missing = "no such signal",
		.prefix = "SIG",
		.fill = fill_signals,
		.chosen = signal_chosen,
	};
	struct signal_order *order = &app->signal;

	order->count = app_targets(app, &order->keys);
	if (order->count == 0)
		return;
	choose_open(&app->choose, &app->prompt, app, &kind);
	app->choose.about = app->target_group;
}
