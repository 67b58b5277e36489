// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct record;

/*
 * What the records tell of processes: their names, which are gone from /proc when they have ended,
 * and which descend from one that is watched.
 */
struct relatives;

/* Names that no record has told are looked for below `root`, a descriptor of /proc (borrowed). */
struct relatives *relatives_create(int root);
void relatives_destroy(struct relatives *relatives);

/* Watches a process and what it forks from now on; where `at_exec`, from its next exec on. */
void relatives_watch(struct relatives *relatives, int64_t pid, bool at_exec);

/* Takes a record about a process: a new name, a fork, an end. */
void relatives_apply(struct relatives *relatives, const struct record *record);

/* Whether it is the watched process or descends from it. */
bool relatives_has(const struct relatives *relatives, int64_t pid);

/* The name of a process, valid until the next record; NULL where it is gone and was never told. */
const char *relatives_comm(struct relatives *relatives, int64_t pid);

/* Whether it is worth while to forget those that have ended. */
bool relatives_are_many(const struct relatives *relatives);

/* Forgets those that have ended. */
void relatives_trim(struct relatives *relatives);
