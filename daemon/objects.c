/*
 * Opens objects by untrusted paths from an image.
 *
 * Needs:  openat2 (Linux 5.6); if it is missing or filtered, the path is opened component by component.
 * Error:  the type of a file is known only after its open: a device is opened, and never read. Asking first (O_PATH) would cost two more
 *         calls per object; where others may make devices in the store, mount its file system with nodev.
 * Cost:   an openat2 for each folder that is searched, and one fstat.
 * Source: openat2(2); fs/overlayfs/namei.c, ovl_lookup_data_layers.
 */
#include "objects.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
/* RESOLVE_* of linux/openat2.h, which older headers lack. */
#define BENEATH_NO_MAGICLINKS 0x02
#define BENEATH_NO_SYMLINKS 0x04
#define BENEATH_BENEATH 0x08

struct beneath_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

/* O_NONBLOCK: a fifo in the store must not block the server. */
#define OBJECT_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

int objects_add(struct objects *objects, const char *dir)
{
	int fd;

	if (objects->count == OBJECT_DIRS_MAX)
		return -E2BIG;
	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	objects->dir_fds[objects->count++] = fd;
	return 0;
}

void objects_close(struct objects *objects)
{
	while (objects->count > 0)
		close(objects->dir_fds[--objects->count]);
}

static int open_stepwise(int dir_fd, char *path)
{
	int at = dir_fd;
	char *rest = NULL;
	char *name = strtok_r(path, "/", &rest);

	while (name != NULL) {
		char *next = strtok_r(NULL, "/", &rest);
		int flags = next == NULL ? OBJECT_FLAGS | O_NOFOLLOW
					 : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
		int fd = strcmp(name, "..") == 0 ? -1 : openat(at, name, flags);
		int err = strcmp(name, "..") == 0 ? -EXDEV : -errno;

		if (at != dir_fd)
			close(at);
		if (fd < 0)
			return err;
		if (next == NULL)
			return fd;
		at = fd;
		name = next;
	}
	return -ENOENT;
}

static int open_beneath(int dir_fd, char *path)
{
	struct beneath_how how = {
		.flags = OBJECT_FLAGS,
		.resolve = BENEATH_BENEATH | BENEATH_NO_SYMLINKS | BENEATH_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));

	if (fd >= 0)
		return (int)fd;
	if (errno == ENOSYS || errno == EPERM)
		return open_stepwise(dir_fd, path);
	return -errno;
}

/* A descriptor of a regular file, or -errno. */
static int open_regular(int dir_fd, char *path, struct stat *st)
{
	int fd = open_beneath(dir_fd, path);
	int err = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, st) != 0)
		err = -errno;
	else if (!S_ISREG(st->st_mode))
		err = -OBJECTS_NOT_REGULAR;
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

/* The open of a socket or device can fail: ENXIO, EACCES below nodev, ENODEV, EBUSY. */
static bool may_be_special(int err)
{
	return err == -ENXIO || err == -EACCES || err == -ENODEV || err == -EBUSY;
}

static bool is_special(int dir_fd, const char *path)
{
	struct stat st;

	return fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode);
}

static void copy_path(char *text, const char *path, uint32_t path_bytes)
{
	memcpy(text, path, path_bytes);
	text[path_bytes] = 0;
}

int objects_open(const struct objects *objects, const char *path, uint32_t path_bytes, struct stat *st)
{
	char text[PATH_MAX];
	int err = -ENOENT;

	if (path_bytes >= sizeof(text))
		return -ENAMETOOLONG;
	for (int i = 0; i < objects->count; i++) {
		int fd;

		copy_path(text, path, path_bytes);
		fd = open_regular(objects->dir_fds[i], text, st);
		if (fd >= 0)
			return fd;
		/* The open by steps has changed the text. */
		copy_path(text, path, path_bytes);
		if (may_be_special(fd) && is_special(objects->dir_fds[i], text))
			fd = -OBJECTS_NOT_REGULAR;
		/* Prefer other errors to ENOENT. */
		if (fd != -ENOENT)
			err = fd;
	}
	return err;
}
