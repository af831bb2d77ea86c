/*
 * Removes a tree: each folder is opened from the one above it, listed, emptied, and removed.
 *
 * Does:    per folder openat, getdents64 until it is listed, close, unlinkat; per name in it one unlinkat.
 * Error:   the file at which it failed is named from the top of the tree; what was removed before that is gone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loop.h"

#define LISTING_BYTES 32768

struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short bytes;
	unsigned char type;
	char name[];
};

/* How many names were in it, or -errno. */
static int empty_folder(int at, const char *name, struct timed_window *window);

/* Puts the folder's name in front of what failed in it. */
static void within(struct timed_window *window, const char *folder)
{
	size_t bytes = strlen(folder);
	size_t rest = strlen(window->name);

	if (bytes + 1 + rest >= sizeof(window->name))
		return;
	memmove(window->name + bytes + 1, window->name, rest + 1);
	memcpy(window->name, folder, bytes);
	window->name[bytes] = '/';
}

static int remove_name(int at, const char *name, unsigned char type, struct timed_window *window)
{
	int err;

	if (type != DT_DIR && syscall(SYS_unlinkat, at, name, 0) == 0)
		return 0;
	/* A file system may not tell the type. */
	if (type != DT_DIR && errno != EISDIR)
		return loop_failed(window, SYS_unlinkat, name);
	for (;;) {
		err = empty_folder(at, name, window);
		if (err < 0)
			return err;
		if (syscall(SYS_unlinkat, at, name, AT_REMOVEDIR) == 0)
			return 0;
		/* A file system may skip names in a listing from which others are removed meanwhile. */
		if (errno != ENOTEMPTY || err == 0)
			return loop_failed(window, SYS_unlinkat, name);
	}
}

/* How many names it removed, or -errno. */
static int remove_listed(int fd, char *listing, struct timed_window *window)
{
	int removed = 0;

	for (;;) {
		long bytes = syscall(SYS_getdents64, fd, listing, LISTING_BYTES);

		if (bytes < 0)
			return loop_failed(window, SYS_getdents64, "");
		if (bytes == 0)
			return removed;
		for (long at = 0; at < bytes;) {
			const struct entry *entry = (const struct entry *)(listing + at);
			int err;

			at += entry->bytes;
			if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
				continue;
			err = remove_name(fd, entry->name, entry->type, window);
			if (err != 0)
				return err;
			removed++;
		}
	}
}

static int empty_folder(int at, const char *name, struct timed_window *window)
{
	int fd = (int)syscall(SYS_openat, at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	char *listing;
	int err;

	if (fd < 0)
		return loop_failed(window, SYS_openat, name);
	listing = malloc(LISTING_BYTES);
	if (listing == NULL) {
		close(fd);
		errno = ENOMEM;
		return loop_failed(window, 0, name);
	}
	err = remove_listed(fd, listing, window);
	free(listing);
	close(fd);
	if (err < 0)
		within(window, name);
	return err;
}

int timed_remove(const char *path, struct timed_window *window)
{
	int64_t from;
	int err;

	loop_begin(window);
	from = timed_now_ns();
	err = remove_name(AT_FDCWD, path, DT_DIR, window);
	window->wall_ns = timed_now_ns() - from;
	return err;
}
