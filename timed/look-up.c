/*
 * Asks a link store for the files of an image.
 *
 * Does:    one existence check per file; stops at the first that is missing.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>

#include "batch.h"

/* '/', the digits and a NUL. */
#define NAME_ROOM (1 + 2 * TIMED_DIGEST_BYTES + 1)

static int is_there(const char *dir, const uint8_t *name)
{
	char path[PATH_MAX];
	char *at = stpcpy(path, dir);

	*at++ = '/';
	for (int i = 0; i < TIMED_DIGEST_BYTES; i++)
		at = batch_digits(at, name[i]);
	*at = '\0';
	return batch_exists(path);
}

int timed_look_up(const struct timed_look_up *given, struct timed_window *window)
{
	int64_t from;
	int found = 0;

	batch_begin(window);
	for (int i = 0; i < given->dir_count; i++)
		if (strlen(given->dirs[i]) + NAME_ROOM > PATH_MAX) {
			errno = ENAMETOOLONG;
			return batch_failed(window, 0, given->dirs[i]);
		}
	from = timed_now_ns();
	while (found < given->name_count) {
		const uint8_t *name = given->names + (int64_t)found * TIMED_DIGEST_BYTES;

		if (!is_there(given->dirs[(name[0] >> 4) % given->dir_count], name))
			break;
		found++;
	}
	window->wall_ns = timed_now_ns() - from;
	return found;
}
