// SPDX-License-Identifier: GPL-3.0-or-later
#include "growth-shapes.h"

/* splitmix64 */
static uint64_t
next(struct chance *chance)
{
	uint64_t z = chance->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

double
chance_share(struct chance *chance)
{
	return (double)(next(chance) >> 11) / (double)(UINT64_C(1) << 53);
}

/* Nearly normal, with a standard deviation of 1. */
static double
normal(struct chance *chance)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += chance_share(chance);
	return sum;
}

/* exp(-x), without libm. */
static double
decay(double x)
{
	double power = 1 - x / 4096;

	if (power < 0)
		return 0;
	for (int i = 0; i < 12; i++)
		power *= power;
	return power;
}

/* The square root of a number from 0 to 1. */
static double
root_of(double number)
{
	double root = 1;

	for (int i = 0; i < 30; i++)
		root = (root + number / root) / 2;
	return root;
}

static double
part_of(double x)
{
	return x - (double)(int64_t)x;
}

/* A logarithm to base 2 of straight pieces. */
static double
logarithm(double x)
{
	double whole = 0;

	for (; x >= 2; x /= 2)
		whole++;
	return whole + x - 1;
}

static double
leak_linear(double time, struct chance *chance)
{
	return 1 + time;
}

static double
leak_slow(double time, struct chance *chance)
{
	return 1 + 0.1 * time;
}

static double
leak_sawtooth(double time, struct chance *chance)
{
	return 1 + 0.7 * time + 0.3 * part_of(40 * time);
}

static double
leak_steps(double time, struct chance *chance)
{
	return 1 + (double)(int)(15 * time) / 15;
}

static double
leak_accelerating(double time, struct chance *chance)
{
	return 1 + time * time;
}

static double
flat(double time, struct chance *chance)
{
	return 1;
}

static double
plateau(double time, struct chance *chance)
{
	return 1 - 0.8 * decay(40 * time);
}

static double
cache_warm(double time, struct chance *chance)
{
	return 1 - 0.9 * decay(8 * time);
}

static double
log_shaped(double time, struct chance *chance)
{
	return 1 + 0.22 * logarithm(1 + 720 * time);
}

static double
sawtooth(double time, struct chance *chance)
{
	return 1 + 0.4 * part_of(40 * time);
}

static double
burst(double time, struct chance *chance)
{
	return time > 0.72 && time < 0.78 ? 2 : 1;
}

static double
step_once(double time, struct chance *chance)
{
	return time < 0.55 ? 1 : 1.5;
}

/* Two days from any hour on; parabolas instead of a sine. */
static double
daily(double time, struct chance *chance)
{
	double half, x;

	if (chance->walk <= 0)
		chance->walk = 1 + chance_share(chance);
	half = part_of(2 * time + chance->walk) * 2;
	x = half < 1 ? half : half - 1;
	return 1 + (half < 1 ? 0.25 : -0.25) * 4 * x * (1 - x);
}

/* 30 % up or down over the whole time. */
static double
walk(double time, struct chance *chance)
{
	chance->walk += 0.3 * chance->root * normal(chance);
	if (chance->walk < -0.8)
		chance->walk = -0.8;
	return 1 + chance->walk;
}

/* Jobs that come and go: the level changes some 30 times. */
static double
jobs(double time, struct chance *chance)
{
	if (chance_share(chance) < 30 * chance->part)
		chance->walk = chance_share(chance);
	return 1 + chance->walk;
}

const struct growth_shape growth_shapes[SHAPES] = {
	{ "leak, linear", .is_leak = true, .may_be_a_leak = true, .value = leak_linear },
	{ "leak, slow", .is_leak = true, .may_be_a_leak = true, .value = leak_slow },
	{ "leak under a sawtooth", .is_leak = true, .may_be_a_leak = true, .value = leak_sawtooth },
	{ "leak in steps", .is_leak = true, .may_be_a_leak = true, .value = leak_steps },
	{ "leak, accelerating", .is_leak = true, .may_be_a_leak = true,
		.value = leak_accelerating },
	{ "flat", .value = flat },
	{ "plateau after the start", .value = plateau },
	{ "cache that warms up", .value = cache_warm },
	{ "logarithm", .value = log_shaped },
	{ "sawtooth", .value = sawtooth },
	{ "burst", .value = burst },
	{ "one step", .value = step_once },
	{ "daily cycle", .needs_days = true, .may_be_a_leak = true, .value = daily },
	{ "random walk", .may_be_a_leak = true, .value = walk },
	{ "jobs", .value = jobs },
};

const char *const growth_noises[NOISES] = { "none", "white", "autoregressive", "spiky" };

/* White: 1 %. Autoregressive: 2 %, forgotten in a minute. Spiky: one value in 20 is higher. */
static double
noise_of(size_t noise, struct chance *chance, double interval)
{
	double kept = decay(interval / 60);

	if (noise == 1)
		return 0.01 * normal(chance);
	if (noise == 2)
		return chance->walk = kept * chance->walk +
				      0.02 * root_of(1 - kept * kept) * normal(chance);
	if (noise == 3 && chance_share(chance) < 0.05)
		return 0.6 * chance_share(chance);
	return 0;
}

void
growth_shape_fill(const struct growth_shape *shape, size_t noise, uint64_t seed, double interval,
	size_t count, int64_t *ret_values)
{
	static const double sizes[] = { 80, 200, 800, 3000 };
	double size = sizes[seed % 4] * (1 << 20), part = 1 / (double)(count - 1);
	struct chance course = { .state = seed, .part = part, .root = root_of(part) };
	struct chance other = { .state = ~seed };

	for (size_t i = 0; i < count; i++)
		ret_values[i] = (int64_t)(size * shape->value((double)i * part, &course) *
					  (1 + noise_of(noise, &other, interval)));
}
