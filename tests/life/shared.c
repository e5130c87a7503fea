// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "shared.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

struct shared *shared;
struct task *me;

/**
 * now_ms() - the time
 *
 * Return: milliseconds since whenever.
 */
long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/**
 * nap_ms() - do nothing for a while
 * @ms: milliseconds
 */
void nap_ms(unsigned int ms)
{
	poll(NULL, 0, ms);
}

/* One write, so that the lines of several processes do not mix. */
static void say_args(const char *before, const char *format, va_list args)
{
	char line[512];
	int len, more;

	len = snprintf(line, sizeof(line) - 1, "# %7.3f %s", now_ms() / 1000.0, before);
	more = vsnprintf(line + len, sizeof(line) - 1 - len, format, args);
	len += more < (int)sizeof(line) - 1 - len ? more : (int)sizeof(line) - 2 - len;
	line[len++] = '\n';
	if (write(STDOUT_FILENO, line, len) < 0)
		_exit(1);
}

/**
 * say() - print a line; used as printf is
 * @format: the line
 */
void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_args("", format, args);
	va_end(args);
}

/**
 * flunk() - something is wrong; used as printf is
 * @check: what has failed
 * @format: what is wrong
 *
 * It is said, and everybody ends.
 */
void flunk(enum check check, const char *format, ...)
{
	va_list args;

	atomic_fetch_add(&shared->failures[check], 1);
	va_start(args, format);
	say_args("FAILED: ", format, args);
	va_end(args);
	atomic_store(&shared->stop, true);
}

/**
 * begin() - begin something that must come to an end
 * @seconds: how soon, on a machine of usual speed
 * @format: what it is
 *
 * Who watches fails the test if there is no end() in time.
 */
void begin(unsigned int seconds, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(me->what, sizeof(me->what), format, args);
	va_end(args);
	atomic_store(&me->until, now_ms() + 1000LL * seconds * shared->patience);
}

/**
 * end() - what has begun is done
 */
void end(void)
{
	atomic_store(&me->until, 0);
}

/**
 * rest() - wait while everybody is to be quiet
 *
 * Return: false when everything is over.
 */
bool rest(void)
{
	while (atomic_load(&shared->quiet) && !atomic_load(&shared->stop)) {
		atomic_store(&me->parked, true);
		nap_ms(5);
	}
	atomic_store(&me->parked, false);
	return !atomic_load(&shared->stop);
}
