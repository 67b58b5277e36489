// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "oomlog/oom-kill.h"
#include "output/oom-page.h"

#include <string.h>

/* The names of the kernel's flags, without which it is not known which zones serve a request. */
static bool
has_flag(const struct oom_kill *kill, const char *name)
{
	return strstr(kill->gfp, name) != NULL;
}

/* Zones above the kernel's own serve only pages for users, Movable only those that can move. */
static bool
serves(const struct oom_kill *kill, const struct oom_zone *zone)
{
	bool is_high = has_flag(kill, "HIGHUSER") || has_flag(kill, "__GFP_HIGHMEM");

	if (strcmp(zone->name, "HighMem") == 0)
		return is_high;
	return strcmp(zone->name, "Movable") != 0 || (is_high && has_flag(kill, "MOVABLE"));
}

static void
explain_zone(struct page *page, const struct oom_kill *kill, const struct oom_zone *zone)
{
	int64_t rest = known_difference(zone->free, zone->cma);

	if (!serves(kill, zone) && zone->free > zone->min)
		page_say(page, "",
			"Zone %s of node %s had %s free, but it does not serve such a request "
			"(%s).",
			zone->name, page_number(page, zone->node), page_bytes(page, zone->free),
			page_safe(page, kill->gfp));
	else if (serves(kill, zone) && !has_flag(kill, "MOVABLE") && zone->cma > 0 &&
		 zone->free > zone->min && rest != UNKNOWN)
		page_say(page, "",
			"Zone %s of node %s had %s free, %s of it in areas for movable pages only "
			"(CMA); "
			"the rest, %s, is %s its minimum, %s.",
			zone->name, page_number(page, zone->node), page_bytes(page, zone->free),
			page_bytes(page, zone->cma), page_bytes(page, rest),
			rest < zone->min ? "below" : "above", page_bytes(page, zone->min));
}

void
oom_explain_free(struct page *page, const struct oom_kill *kill)
{
	if (!kill->gfp || !strchr(kill->gfp, '(') || kill->order == -1)
		return;
	for (size_t i = 0; i < kill->zone_count; i++)
		if (kill->zones[i].free != UNKNOWN && kill->zones[i].min != UNKNOWN)
			explain_zone(page, kill, &kill->zones[i]);
}
