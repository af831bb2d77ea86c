/*
 * Removes the objects of a store that no kept image needs.
 *
 * Does:    walks the kept manifests, lists the object folders, unlinks each dead object; removes empty folders if no image is kept.
 * Leaves:  files outside object folders, and folders with other files in them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../daemon/image.h"
#include "../daemon/walk.h"
#include "../daemon/xattr.h"
#include "batch.h"

#define LISTING_BYTES 32768
#define FAN_DIGITS 2
#define REST_DIGITS (2 * TIMED_DIGEST_BYTES - FAN_DIGITS)

struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short bytes;
	unsigned char type;
	char name[];
};

#define FAN_OUT 256

struct live {
	uint8_t (*digests)[TIMED_DIGEST_BYTES];
	size_t count, room;
	/* Sorted by the first byte: the digests of folder `byte` begin at starts[byte]. */
	const uint8_t **by_folder;
	size_t starts[FAN_OUT + 1];
};

struct work {
	struct timed_window *window;
	struct live live;
	int removes_folders;
};

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False if the text does not begin with `digits` hexadecimal digits. */
static bool parse(const char *text, uint32_t digits, uint8_t *into)
{
	for (uint32_t i = 0; i < digits; i += 2) {
		int high = digit(text[i]), low = high < 0 ? -1 : digit(text[i + 1]);

		if (low < 0)
			return false;
		into[i / 2] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int keep(struct live *live, const uint8_t *digest)
{
	if (live->count == live->room) {
		size_t room = live->room * 2 + 4096;
		void *digests = realloc(live->digests, room * sizeof(*live->digests));

		if (digests == NULL)
			return -ENOMEM;
		live->digests = digests;
		live->room = room;
	}
	memcpy(live->digests[live->count++], digest, TIMED_DIGEST_BYTES);
	return 0;
}

/* A path that is no digest names no file of an object folder. */
static int keep_path(struct live *live, const char *path, uint32_t bytes)
{
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (bytes != FAN_DIGITS + 1 + REST_DIGITS || path[FAN_DIGITS] != '/' || !parse(path, FAN_DIGITS, digest) ||
	    !parse(path + FAN_DIGITS + 1, REST_DIGITS, digest + 1))
		return 0;
	return keep(live, digest);
}

static int visit(void *context, const struct image *img, const struct inode *inode, const char **why)
{
	const char *path;
	uint32_t bytes;
	int err;

	*why = "a redirect lies outside";
	if (inode_is_dir(inode) || inode_is_whiteout(inode))
		return 0;
	err = xattr_object_path(img, inode, &path, &bytes);
	return err == -ENODATA ? 0 : err != 0 ? err : keep_path(context, path, bytes);
}

static int arrange(struct live *live)
{
	size_t next[FAN_OUT];

	live->by_folder = malloc((live->count + 1) * sizeof(*live->by_folder));
	if (live->by_folder == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < live->count; i++)
		live->starts[live->digests[i][0] + 1]++;
	for (int i = 0; i < FAN_OUT; i++)
		live->starts[i + 1] += live->starts[i];
	memcpy(next, live->starts, sizeof(next));
	for (size_t i = 0; i < live->count; i++)
		live->by_folder[next[live->digests[i][0]]++] = live->digests[i];
	return 0;
}

static int mark(struct work *work, const struct timed_collect *given)
{
	for (int i = 0; i < given->keep_count; i++) {
		struct walk_result result;
		struct image img;
		const char *why = "";
		int err = image_from_bytes(&img, given->keep[i].data, (uint64_t)given->keep[i].bytes, &why);

		if (err == 0)
			err = walk_image(&img, visit, &work->live, &result);
		if (err == 0)
			continue;
		errno = -err;
		work->window->failed = i;
		return batch_failed(work->window, 0, "manifest");
	}
	for (int64_t i = 0; i < given->live_count; i++)
		if (keep(&work->live, given->live + i * TIMED_DIGEST_BYTES) != 0)
			break;
	if (work->live.count >= (size_t)given->live_count && arrange(&work->live) == 0)
		return 0;
	errno = ENOMEM;
	return batch_failed(work->window, 0, "manifest");
}

static bool is_live(const struct live *live, const uint8_t *digest)
{
	for (size_t i = live->starts[digest[0]]; i < live->starts[digest[0] + 1]; i++)
		if (memcmp(live->by_folder[i], digest, TIMED_DIGEST_BYTES) == 0)
			return true;
	return false;
}

typedef int visit_name(struct work *work, const char *dir, const char *name);

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Calls `take` for every name of a folder. It may unlink that name. */
static int each_name(struct work *work, const char *dir, visit_name *take)
{
	char listing[LISTING_BYTES] __attribute__((aligned(8)));
	int fd = batch_open(dir, O_RDONLY | O_DIRECTORY, 0);
	int err = 0;

	if (fd < 0)
		return batch_failed(work->window, SYS_openat, dir);
	while (err == 0) {
		long bytes = syscall(SYS_getdents64, fd, listing, sizeof(listing));

		if (bytes < 0)
			err = batch_failed(work->window, SYS_getdents64, dir);
		if (bytes <= 0)
			break;
		for (long at = 0; err == 0 && at < bytes;) {
			const struct entry *entry = (const struct entry *)(listing + at);

			if (!is_dots(entry->name))
				err = take(work, dir, entry->name);
			at += entry->bytes;
		}
	}
	close(fd);
	return err;
}

static int remove_file(struct work *work, const char *dir, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return batch_unlink(path) == 0 ? 0 : batch_failed(work->window, batch_call_unlink, path);
}

static int take_object(struct work *work, const char *dir, const char *name)
{
	const char *fan = dir + strlen(dir) - FAN_DIGITS;
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (strlen(name) == REST_DIGITS && parse(fan, FAN_DIGITS, digest) && parse(name, REST_DIGITS, digest + 1) &&
	    is_live(&work->live, digest))
		return 0;
	return remove_file(work, dir, name);
}

static int take_stored(struct work *work, const char *dir, const char *name)
{
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (strlen(name) == 2 * TIMED_DIGEST_BYTES && parse(name, 2 * TIMED_DIGEST_BYTES, digest) &&
	    is_live(&work->live, digest))
		return 0;
	return remove_file(work, dir, name);
}

static int remove_folder(struct work *work, const char *path)
{
	if (!work->removes_folders || batch_rmdir(path) == 0 || errno == ENOTEMPTY)
		return 0;
	return batch_failed(work->window, batch_call_rmdir, path);
}

static int take_fan(struct work *work, const char *dir, const char *name)
{
	char path[PATH_MAX];
	uint8_t fan;
	int err;

	if (strlen(name) != FAN_DIGITS || !parse(name, FAN_DIGITS, &fan))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	err = each_name(work, path, take_object);
	return err != 0 ? err : remove_folder(work, path);
}

static int sweep(struct work *work, const struct timed_collect *given)
{
	int err = 0;

	for (int i = 0; err == 0 && i < given->dir_count; i++) {
		err = each_name(work, given->dirs[i], given->is_link_store ? take_stored : take_fan);
		/* The folder was never made. */
		if (err == -ENOENT && (work->removes_folders || given->is_link_store)) {
			batch_begin(work->window);
			err = 0;
			continue;
		}
		if (err == 0)
			err = remove_folder(work, given->dirs[i]);
	}
	return err;
}

int timed_collect(const struct timed_collect *collect, struct timed_window *window)
{
	struct work work = { .window = window, .removes_folders = collect->removes_folders };
	int64_t from;
	int err;

	batch_begin(window);
	from = timed_now_ns();
	err = mark(&work, collect);
	if (err == 0)
		err = sweep(&work, collect);
	window->wall_ns = timed_now_ns() - from;
	free(work.live.by_folder);
	free(work.live.digests);
	return err;
}
