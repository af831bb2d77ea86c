/*
 * Makes a tree from its description: folders, hard links into a link store, small files, symlinks, devices.
 *
 * Does:    per folder mkdirat, openat, and at its end fchown, fchmod, fsetxattr, utimensat (only those that change something) and
 *          close; per link one linkat; per other file the call that makes it, and the same. A folder in which BATCH_OPEN_FOLDERS others
 *          are nested is closed before the next one below it is made, and opened again (`..`) after it.
 * Error:   a second name of a file without contents in a link store is linked by the path of the first: ENAMETOOLONG above 4095 bytes.
 *          Attributes of symlinks and devices are set through /proc/self/fd, because no call takes a folder and a name.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../daemon/bytes.h"
#include "batch.h"

#define LINK_STORES_MAX 16

struct work {
	struct timed_window *window;
	int link_store_count;
	int depth; /* number of folders that have begun and not ended */
	int link_stores[LINK_STORES_MAX];
	int folders[BATCH_OPEN_FOLDERS]; /* the outermost, open */
	int inner;			 /* the innermost, if it is not one of them */
};

static const char *name_of(const struct timed_node *node)
{
	return (const char *)(node + 1);
}

static const char *link_of(const struct timed_node *node)
{
	return name_of(node) + node->name_bytes + 1;
}

static int failed(struct work *work, int call, const struct timed_node *node)
{
	return batch_failed(work->window, call, name_of(node));
}

/* The folder of the next node. The name of the root is a path. */
static int current(const struct work *work)
{
	if (work->depth > BATCH_OPEN_FOLDERS)
		return work->inner;
	return work->depth == 0 ? AT_FDCWD : work->folders[work->depth - 1];
}

/* Sets attributes of an open file, or of a path that cannot be opened. */
static int set_xattrs(struct work *work, const struct timed_node *node, int fd, const char *path)
{
	const char *at = link_of(node) + node->link_bytes + 1;

	for (uint32_t i = 0; i < node->xattr_count; i++) {
		struct timed_xattr head;
		const char *key = at + sizeof(head);
		const char *value;
		int result;

		memcpy(&head, at, sizeof(head));
		value = key + head.key_bytes + 1;
		result = path == NULL ? fsetxattr(fd, key, value, head.value_bytes, 0)
				      : lsetxattr(path, key, value, head.value_bytes, 0);
		if (result != 0)
			return failed(work, path == NULL ? SYS_fsetxattr : SYS_lsetxattr, node);
		at = value + head.value_bytes;
	}
	return 0;
}

/* The owner first: fchown clears set-user-id and capabilities. */
static int set_metadata_fd(struct work *work, const struct timed_node *node, int fd)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
					   { .tv_sec = node->mtime_sec, .tv_nsec = node->mtime_nsec } };
	int err;

	if (node->carries & TIMED_OWNER && fchown(fd, node->uid, node->gid) != 0)
		return failed(work, SYS_fchown, node);
	if (node->carries & TIMED_MODE && fchmod(fd, node->mode & 07777) != 0)
		return failed(work, SYS_fchmod, node);
	if ((err = set_xattrs(work, node, fd, NULL)) != 0)
		return err;
	return futimens(fd, times) == 0 ? 0 : failed(work, SYS_utimensat, node);
}

static int set_metadata_name(struct work *work, const struct timed_node *node)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
					   { .tv_sec = node->mtime_sec, .tv_nsec = node->mtime_nsec } };
	int at = current(work);
	char path[PATH_MAX];
	int err = 0;

	if (node->carries & TIMED_OWNER && fchownat(at, name_of(node), node->uid, node->gid, AT_SYMLINK_NOFOLLOW) != 0)
		return failed(work, SYS_fchownat, node);
	if (node->carries & TIMED_MODE && node->kind == TIMED_NODE &&
	    syscall(SYS_fchmodat, at, name_of(node), node->mode & 07777) != 0)
		return failed(work, SYS_fchmodat, node);
	if (node->xattr_count > 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", at, name_of(node));
		err = set_xattrs(work, node, -1, path);
	}
	if (err != 0)
		return err;
	return utimensat(at, name_of(node), times, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : failed(work, SYS_utimensat, node);
}

static int enter(struct work *work, const struct timed_node *node)
{
	int at = current(work);
	int fd;

	if (syscall(SYS_mkdirat, at, name_of(node), (node->mode & 0777) | 0700) != 0)
		return failed(work, SYS_mkdirat, node);
	fd = batch_open_folder(at, name_of(node));
	if (fd < 0)
		return failed(work, SYS_openat, node);
	if (work->depth < BATCH_OPEN_FOLDERS) {
		work->folders[work->depth] = fd;
	} else {
		if (work->depth > BATCH_OPEN_FOLDERS)
			close(work->inner);
		work->inner = fd;
	}
	work->depth++;
	return 0;
}

/* The parent is opened first: the mode of the folder may forbid it. */
static int leave(struct work *work, const struct timed_node *node)
{
	int fd = current(work);
	int err = 0;

	if (work->depth > BATCH_OPEN_FOLDERS + 1) {
		work->inner = batch_open_folder(fd, "..");
		err = work->inner < 0 ? failed(work, SYS_openat, node) : 0;
	}
	work->depth--;
	if (err == 0)
		err = set_metadata_fd(work, node, fd);
	close(fd);
	return err;
}

static void close_folders(struct work *work)
{
	if (work->depth > BATCH_OPEN_FOLDERS) {
		close(work->inner);
		work->depth = BATCH_OPEN_FOLDERS;
	}
	while (work->depth > 0)
		close(work->folders[--work->depth]);
}

static int make_link(struct work *work, const struct timed_node *node)
{
	const char *link = link_of(node);
	int from = node->kind == TIMED_LINKED ? work->folders[0] : work->link_stores[hex_digit(link[0]) % work->link_store_count];

	return syscall(SYS_linkat, from, link, current(work), name_of(node), 0) == 0 ? 0 : failed(work, SYS_linkat, node);
}

static int make_file(struct work *work, const struct timed_node *node)
{
	int fd = (int)syscall(SYS_openat, current(work), name_of(node), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			      node->mode & 0777);
	int err = 0;

	if (fd < 0)
		return failed(work, SYS_openat, node);
	if (node->link_bytes > 0 && batch_write(fd, link_of(node), node->link_bytes, work->window) != 0)
		err = failed(work, SYS_write, node);
	if (err == 0)
		err = set_metadata_fd(work, node, fd);
	close(fd);
	return err;
}

static int make_other(struct work *work, const struct timed_node *node)
{
	if (node->kind == TIMED_SYMLINK) {
		if (syscall(SYS_symlinkat, link_of(node), current(work), name_of(node)) != 0)
			return failed(work, SYS_symlinkat, node);
	} else if (syscall(SYS_mknodat, current(work), name_of(node), node->mode, node->rdev) != 0) {
		return failed(work, SYS_mknodat, node);
	}
	return set_metadata_name(work, node);
}

static int make(struct work *work, const struct timed_node *node)
{
	switch (node->kind) {
	case TIMED_FOLDER:
		return enter(work, node);
	case TIMED_END:
		return leave(work, node);
	case TIMED_STORED:
	case TIMED_LINKED:
		return make_link(work, node);
	case TIMED_FILE:
		return make_file(work, node);
	default:
		return make_other(work, node);
	}
}

static int open_link_stores(struct work *work, const struct timed_make_tree *given)
{
	if (given->link_store_count > LINK_STORES_MAX) {
		errno = EMFILE;
		return batch_failed(work->window, SYS_openat, given->link_stores[LINK_STORES_MAX]);
	}
	for (int i = 0; i < given->link_store_count; i++) {
		work->link_stores[i] = batch_open(given->link_stores[i], O_PATH | O_DIRECTORY, 0);
		if (work->link_stores[i] < 0)
			return batch_failed(work->window, SYS_openat, given->link_stores[i]);
		work->link_store_count++;
	}
	return 0;
}

int timed_make_tree(const struct timed_make_tree *given, struct timed_window *window)
{
	struct work work = { .window = window };
	int64_t from;
	int index = 0;
	int err;

	batch_begin(window);
	from = timed_now_ns();
	err = open_link_stores(&work, given);
	for (int64_t at = 0; err == 0 && at < given->bytes; index++) {
		const struct timed_node *node = (const struct timed_node *)(given->nodes + at);

		err = make(&work, node);
		at += node->bytes;
	}
	if (err != 0)
		window->failed = index - 1;
	close_folders(&work);
	while (work.link_store_count > 0)
		close(work.link_stores[--work.link_store_count]);
	window->wall_ns = timed_now_ns() - from;
	return err;
}
