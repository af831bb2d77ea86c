/*
 * Removes a tree: opens each folder relative to its parent, lists it, empties it and removes it.
 *
 * Does:    per folder openat, getdents64 until the end, close, unlinkat; per name one unlinkat.
 * Error:   names the failed file by its path; files removed before the failure stay removed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "batch.h"

#define LISTING_BYTES 32768

struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short bytes;
	unsigned char type;
	char name[];
};

/* Returns the number of removed names, or -errno. */
static int empty_folder(int at, const char *name, struct timed_window *window);

/* Prepends the folder's name to the name of the failed file. */
static void prepend(struct timed_window *window, const char *folder)
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
	/* A file system may report no type. */
	if (type != DT_DIR && errno != EISDIR)
		return batch_failed(window, SYS_unlinkat, name);
	for (;;) {
		err = empty_folder(at, name, window);
		if (err < 0)
			return err;
		if (syscall(SYS_unlinkat, at, name, AT_REMOVEDIR) == 0)
			return 0;
		/* A file system may skip names of a folder that changes while it is listed. */
		if (errno != ENOTEMPTY || err == 0)
			return batch_failed(window, SYS_unlinkat, name);
	}
}

/* Returns the number of removed names, or -errno. */
static int remove_listed(int fd, char *listing, struct timed_window *window)
{
	int removed = 0;

	for (;;) {
		long bytes = syscall(SYS_getdents64, fd, listing, LISTING_BYTES);

		if (bytes < 0)
			return batch_failed(window, SYS_getdents64, "");
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
		return batch_failed(window, SYS_openat, name);
	listing = malloc(LISTING_BYTES);
	if (listing == NULL) {
		close(fd);
		errno = ENOMEM;
		return batch_failed(window, 0, name);
	}
	err = remove_listed(fd, listing, window);
	free(listing);
	close(fd);
	if (err < 0)
		prepend(window, name);
	return err;
}

int timed_remove(const char *path, struct timed_window *window)
{
	int64_t from;
	int err;

	batch_begin(window);
	from = timed_now_ns();
	err = remove_name(AT_FDCWD, path, DT_DIR, window);
	window->wall_ns = timed_now_ns() - from;
	return err;
}
