/*
 * Removes a tree: opens each folder relative to its parent, lists it, empties it and removes it.
 *
 * Does:    per folder openat, getdents64 until the end, close, unlinkat; per name one unlinkat. A folder in which BATCH_OPEN_FOLDERS
 *          others are nested is closed while a folder in it is emptied, and then opened (`..`), compared and listed again.
 * Error:   names the failed file by the last 4095 bytes of its path; files removed before the failure stay removed. A tree of more than
 *          DEPTH_MAX nested folders is ELOOP: each level takes stack, of which a caller may have 2 MiB.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "batch.h"

#define DEPTH_MAX 2048

/* A folder of the tree, or what the tree is in. */
struct folder {
	int fd;	   /* -1: closed */
	int depth; /* number of folders of the tree from its root to this one */
	dev_t dev; /* while it is closed */
	ino_t ino;
};

/* Returns the number of removed names, or -errno. */
static int empty_folder(struct folder *parent, const char *name, struct timed_window *window);

/* Prepends the folder's name to the name of the failed file. A path that is too long keeps its end. */
static void prepend(struct timed_window *window, const char *folder)
{
	size_t bytes = strlen(folder);
	size_t rest = strlen(window->name);
	size_t room = sizeof(window->name) - 1 - rest;
	size_t added = bytes + 1 < room ? bytes + 1 : room;

	if (added == 0)
		return;
	memmove(window->name + added, window->name, rest + 1);
	window->name[added - 1] = '/';
	memcpy(window->name, folder + bytes - (added - 1), added - 1);
}

static int remove_name(struct folder *parent, const char *name, unsigned char type, struct timed_window *window)
{
	int err;

	if (type != DT_DIR && syscall(SYS_unlinkat, parent->fd, name, 0) == 0)
		return 0;
	/* A file system may report no type. */
	if (type != DT_DIR && errno != EISDIR)
		return batch_failed(window, SYS_unlinkat, name);
	for (;;) {
		err = empty_folder(parent, name, window);
		if (err < 0)
			return err;
		if (syscall(SYS_unlinkat, parent->fd, name, AT_REMOVEDIR) == 0)
			return 0;
		/* A file system may skip names of a folder that changes while it is listed. */
		if (errno != ENOTEMPTY || err == 0)
			return batch_failed(window, SYS_unlinkat, name);
	}
}

/* Returns the number of removed names, or -errno. */
static int remove_listed(struct folder *folder, struct batch_listing *listing, struct timed_window *window)
{
	const struct batch_entry *entry;
	int removed = 0;

	batch_list(listing);
	while ((entry = batch_next(listing, folder->fd)) != NULL) {
		int err = remove_name(folder, entry->name, entry->type, window);

		if (err != 0)
			return err;
		removed++;
	}
	return errno == 0 ? removed : batch_failed(window, SYS_getdents64, "");
}

static void close_folder(struct folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	folder->fd = -1;
}

/* 0 or -errno. */
static int close_for_now(struct folder *folder, struct timed_window *window)
{
	struct stat st;

	if (fstat(folder->fd, &st) != 0)
		return batch_failed(window, SYS_newfstatat, "");
	folder->dev = st.st_dev;
	folder->ino = st.st_ino;
	close_folder(folder);
	return 0;
}

/* ESTALE: another process has moved the folder `below`. 0 or -errno. */
static int open_again(struct folder *folder, const struct folder *below, struct timed_window *window)
{
	struct stat st;

	folder->fd = batch_open_folder(below->fd, "..");
	if (folder->fd < 0)
		return batch_failed(window, SYS_openat, "..");
	if (fstat(folder->fd, &st) != 0)
		return batch_failed(window, SYS_newfstatat, "..");
	if (st.st_dev == folder->dev && st.st_ino == folder->ino)
		return 0;
	errno = ESTALE;
	return batch_failed(window, SYS_openat, "..");
}

/* Returns the number of removed names, or -errno. */
static int empty_open(struct folder *parent, struct folder *folder, struct batch_listing *listing, struct timed_window *window)
{
	bool closes = parent->depth >= BATCH_OPEN_FOLDERS;
	int err = closes ? close_for_now(parent, window) : 0;
	int removed;

	if (err < 0)
		return err;
	removed = remove_listed(folder, listing, window);
	if (closes && removed >= 0)
		err = open_again(parent, folder, window);
	return err < 0 ? err : removed;
}

static int empty_folder(struct folder *parent, const char *name, struct timed_window *window)
{
	struct folder folder = { .fd = batch_open_folder(parent->fd, name), .depth = parent->depth + 1 };
	struct batch_listing *listing;
	int err;

	if (folder.fd < 0)
		return batch_failed(window, SYS_openat, name);
	if (folder.depth > DEPTH_MAX) {
		close(folder.fd);
		errno = ELOOP;
		return batch_failed(window, SYS_openat, name);
	}
	listing = malloc(sizeof(*listing));
	if (listing == NULL) {
		close(folder.fd);
		errno = ENOMEM;
		return batch_failed(window, 0, name);
	}
	err = empty_open(parent, &folder, listing, window);
	free(listing);
	close_folder(&folder);
	if (err < 0)
		prepend(window, name);
	return err;
}

int timed_remove(const char *path, struct timed_window *window)
{
	struct folder outside = { .fd = AT_FDCWD };
	int64_t from;
	int err;

	batch_begin(window);
	from = timed_now_ns();
	err = remove_name(&outside, path, DT_DIR, window);
	window->wall_ns = timed_now_ns() - from;
	return err;
}
