// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jansson.h"

#include "base/library.h"
#include "base/log.h"
#include "base/macros.h"

#include <assert.h>
#include <jansson.h>
#include <pthread.h>

#define LIBRARY "libjansson.so.4"

/* clang-format off */
#define FUNCTIONS(OF)                                                                              \
	OF(json_t *, array, (void), ())                                                            \
	OF(int, array_append_new, (json_t *array, json_t *value), (array, value))                  \
	OF(json_t *, array_get, (const json_t *array, size_t index), (array, index))               \
	OF(size_t, array_size, (const json_t *array), (array))                                     \
	OF(int, dump_callback,                                                                     \
		(const json_t *json, json_dump_callback_t callback, void *data, size_t flags),     \
		(json, callback, data, flags))                                                     \
	OF(json_t *, integer, (json_int_t value), (value))                                         \
	OF(json_int_t, integer_value, (const json_t *integer), (integer))                          \
	OF(json_t *, loadb,                                                                        \
		(const char *text, size_t length, size_t flags, json_error_t *error),              \
		(text, length, flags, error))                                                      \
	OF(json_t *, null, (void), ())                                                             \
	OF(double, number_value, (const json_t *number), (number))                                 \
	OF(json_t *, object, (void), ())                                                           \
	OF(json_t *, object_get, (const json_t *object, const char *key), (object, key))           \
	OF(int, object_set_new, (json_t *object, const char *key, json_t *value),                  \
		(object, key, value))                                                              \
	OF(int, object_set_new_nocheck, (json_t *object, const char *key, json_t *value),          \
		(object, key, value))                                                              \
	OF(json_t *, real, (double value), (value))                                                \
	OF(json_t *, string_nocheck, (const char *text), (text))                                   \
	OF(const char *, string_value, (const json_t *string), (string))                           \
	OF(json_t *, stringn_nocheck, (const char *text, size_t length), (text, length))
#define MEMBER(type, name, parameters, arguments) type(*name) parameters;
#define NAME(type, name, parameters, arguments) "json_" #name,
#define FORWARD(type, name, parameters, arguments)                                                 \
	type json_##name parameters                                                                \
	{                                                                                          \
		return loaded()->name arguments;                                                   \
	}

/* Those without a value stand apart. */
static struct functions {
	FUNCTIONS(MEMBER)
	void (*delete)(json_t *json);
	void (*set_alloc_funcs)(json_malloc_t allocate, json_free_t give_back);
} jansson;
static const char *const names[] = { FUNCTIONS(NAME) "json_delete", "json_set_alloc_funcs" };
/* clang-format on */
static_assert(sizeof(jansson) == ARRAY_SIZE(names) * sizeof(void *), "one pointer for each");

static void
load(void)
{
	library_load(LIBRARY, names, ARRAY_SIZE(names), &jansson);
}

bool
jansson_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return jansson.delete;
}

static const struct functions *
loaded(void)
{
	if (!jansson_load())
		log_fatal("JSON needs the library " LIBRARY " of jansson");
	return &jansson;
}

FUNCTIONS(FORWARD)

void
json_delete(json_t *json)
{
	loaded()->delete (json);
}

void
json_set_alloc_funcs(json_malloc_t allocate, json_free_t give_back)
{
	loaded()->set_alloc_funcs(allocate, give_back);
}
