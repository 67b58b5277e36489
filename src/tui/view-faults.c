// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/view-faults.h"

#include "base/macros.h"
#include "model/needs.h"
#include "table/cell.h"
#include "tui/context.h"

#include <stdio.h>
#include <string.h>

enum { NOTES = 2, TEXT_SIZE = 256 };

static const char columns_of_all[] =
	"pid,comm,segment,minor_rate,minor_rate_error,major_rate,share,"
	"code,waits,walk_rate,mapping";
static const char columns_of_one[] = "segment,minor_rate,minor_rate_error,major_rate,share,code,"
				     "mapping,waits,walk_rate,symbol";

/* What rows may be kept apart by: of all processes, of one. */
static const struct {
	unsigned all, one;
	const char *name;
} groupings[] = {
	{ FAULT_BY_PROCESS | FAULT_BY_SEGMENT, FAULT_BY_SEGMENT | FAULT_BY_MAPPING | FAULT_BY_CODE,
		"segment" },
	{ FAULT_BY_PROCESS | FAULT_BY_CODE, FAULT_BY_CODE | FAULT_BY_SYMBOL, "code" },
	{ FAULT_BY_PROCESS | FAULT_BY_MAPPING, FAULT_BY_MAPPING, "mapping" },
	{ FAULT_BY_PROCESS, 0, "process" },
};

void
faults_init(struct faults_page *page)
{
	table_page_init(&page->all, &fault_table, columns_of_all, "minor_rate");
	table_page_init(&page->one, &fault_table, columns_of_one, "minor_rate");
}

void
faults_finish(struct faults_page *page)
{
	table_page_finish(&page->all);
	table_page_finish(&page->one);
	rows_finish(&page->faults);
}

static struct table_page *
table_of(struct faults_page *page)
{
	return page->is_one ? &page->one : &page->all;
}

/* Whether a row is the one that was selected, though its counts have changed. */
static bool
is_selected(const struct faults_page *page, const struct fault *row)
{
	const char *segment = row->segment ? row->segment : "", *code = row->code ? row->code : "";

	return row->pid == page->selected_pid &&
	       strncmp(segment, page->selected_segment, sizeof(page->selected_segment) - 1) == 0 &&
	       strncmp(code, page->selected_code, sizeof(page->selected_code) - 1) == 0;
}

static void
remember_selected(struct faults_page *page)
{
	const struct fault *row = table_page_selected(table_of(page));

	if (!row)
		return;
	page->selected_pid = row->pid;
	snprintf(page->selected_segment, sizeof(page->selected_segment), "%s",
		row->segment ? row->segment : "");
	snprintf(
		page->selected_code, sizeof(page->selected_code), "%s", row->code ? row->code : "");
}

static void
follow(struct faults_page *page)
{
	struct table_page *table = table_of(page);

	for (size_t i = 0; i < table->rows.count; i++)
		if (is_selected(page, table->rows.rows[i])) {
			table->list.selected = i;
			return;
		}
}

void
faults_rebuild(struct tui *tui)
{
	struct faults_page *page = &tui->faults;
	const struct fault_grouping grouping = {
		.keys = page->is_one ? groupings[page->grouping].one
				     : groupings[page->grouping].all,
		.pid = page->is_one ? page->focus.pid : UNKNOWN,
		.minor = UNKNOWN,
		.major = UNKNOWN,
	};

	if (!tui->snapshot)
		return;
	fault_group(&page->faults, tui->snapshot, &grouping);
	table_page_show(table_of(page), page->faults.data, page->faults.count);
	follow(page);
}

void
faults_needs(const struct tui *tui, struct needs *needs)
{
	const struct faults_page *page = &tui->faults;

	needs->bits |= page->walks ? NEED_SAMPLED_WALKS : 0;
	/* Where only one's own processes may be sampled it is the one that is looked at. */
	needs->faults.pid = page->is_one ? page->focus.pid : tui->selected.pid;
}

void
faults_open(struct tui *tui, const struct process_key *focus)
{
	tui->faults.is_one = focus != NULL;
	if (focus)
		tui->faults.focus = *focus;
	tui->wants_refresh = true;
	if (focus)
		tui_open_page(tui, &view_faults);
	else
		tui_open_view(tui, &view_faults);
}

/* What is sampled, and how well; or what is missing for it. */
static void
draw_sampling(const struct tui *tui, WINDOW *window, int y)
{
	const struct sampling *sampling = &tui->snapshot->system.sampling;
	char whose[TEXT_SIZE] = "all processes", text[2 * TEXT_SIZE], comm[64];
	const struct process *process;

	if (tui->faults.is_one) {
		process = tui_find(tui, &tui->faults.focus);
		text_safe(comm, sizeof(comm), process ? process->comm : "has ended", tui->charset);
		snprintf(whose, sizeof(whose), "process %lld %s", (long long)tui->faults.focus.pid,
			comm);
	}
	if (!sampling->rung) {
		snprintf(text, sizeof(text), "Faults of %s: sampling begins ...", whose);
	} else if (sampling->missing) {
		snprintf(text, sizeof(text), "Faults of %s: %s", whose, sampling->missing);
	} else {
		snprintf(text, sizeof(text),
			"Faults of %s by %s: one in %lld sampled, %lld samples, %lld lost", whose,
			groupings[tui->faults.grouping].name, (long long)sampling->period,
			(long long)sampling->samples, (long long)sampling->lost);
	}
	screen_put(window, y, 0, getmaxx(window),
		sampling->missing || sampling->lost > 0 ? STYLE_WARNING : STYLE_DIM, false, text);
}

static void
draw_walks(const struct tui *tui, WINDOW *window, int y)
{
	const struct system *system = &tui->snapshot->system;
	const int64_t rates[] = { system->tlb_walk_rate, system->code_tlb_walk_rate };
	char data[UNIT_FORMAT_SIZE], code[UNIT_FORMAT_SIZE], share[UNIT_FORMAT_SIZE];

	unit_format(data, UNIT_RATE, rates[0], SCALE_HUMAN);
	unit_format(code, UNIT_RATE, rates[1], SCALE_HUMAN);
	unit_format(share, UNIT_NUMBER, system->walks_per_million, SCALE_HUMAN);
	screen_printf(window, y, 0, STYLE_DIM,
		"TLB walks: data %s/s  code %s/s  in a million instructions %s%s", data, code,
		share,
		tui->faults.walks ? "  by process: sampled 97 times per second"
				  : "  (w: by process)");
}

static void
draw(struct tui *tui, WINDOW *window)
{
	if (!tui_draw_page(tui, table_of(&tui->faults), window, NOTES))
		return;
	draw_sampling(tui, window, 0);
	draw_walks(tui, window, 1);
}

/* From all processes to the one of the selected row. */
static void
drill_down(struct tui *tui)
{
	const struct fault *row = table_page_selected(&tui->faults.all);
	const struct process *process =
		row && !tui->faults.is_one ? snapshot_find_process(tui->snapshot, row->pid) : NULL;

	if (!process)
		return;
	tui->faults.is_one = true;
	tui->faults.focus = (struct process_key){ process->pid, process->start_time };
	tui->wants_refresh = true;
}

static bool
own_request(struct tui *tui, enum request request)
{
	struct faults_page *page = &tui->faults;

	switch (request) {
	case REQUEST_OPEN:
		drill_down(tui);
		return true;
	case REQUEST_GROUPING:
		page->grouping = (page->grouping + 1) % (ARRAY_SIZE(groupings));
		return true;
	case REQUEST_WALKS:
		page->walks = !page->walks;
		tui->wants_refresh = true;
		if (page->walks)
			tui_say(tui, "the kernel may lower kernel.perf_event_max_sample_rate "
				     "for all while walks are sampled");
		return true;
	case REQUEST_BACK:
	case REQUEST_LEAVE:
		if (!page->is_one ||
			tui->page_count > 1) /* a page goes back to where it was opened */
			return false;
		page->is_one = false;
		return true;
	default:
		return false;
	}
}

static bool
request(struct tui *tui, enum request request)
{
	bool is_understood =
		own_request(tui, request) || table_page_request(table_of(&tui->faults), request);

	if (!is_understood)
		return false;
	if (list_request(&(struct list){ .count = 0 }, request)) /* it only moves */
		remember_selected(&tui->faults);
	faults_rebuild(tui);
	return true;
}

static struct table_page *
page(struct tui *tui)
{
	return table_of(&tui->faults);
}

const struct view view_faults = {
	.name = "Faults",
	.tab = "4 Faults",
	.hint = "Enter the process  b by segment, code, mapping  w TLB walks  < > R sort  ? help",
	.draw = draw,
	.request = request,
	.show = faults_rebuild,
	.needs = NEED_FAULTS | NEED_WALKS,
	.page = page,
};
