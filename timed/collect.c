/*
 * Removes the objects of a store that no kept image needs.
 *
 * Does:    reads each kept manifest once (of a link store: the names of each kept image), lists the object folders, unlinks each dead
 *          object and looks no kept one up; removes empty folders if no image is kept.
 * Memory:  at most 128 bytes per distinct kept object, and one manifest, which is mapped if it is a file.
 * Leaves:  files outside object folders, and folders with other files in them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../daemon/image.h"
#include "../daemon/walk.h"
#include "../daemon/xattr.h"
#include "batch.h"
#include "digest-set.h"

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

struct work {
	struct timed_window *window;
	struct timed_collected *collected;
	struct digest_set live;
	int removes_folders;
};

/* A path that is no digest names no file of an object folder. */
static int keep_path(struct digest_set *live, const char *path, uint32_t bytes)
{
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (bytes != FAN_DIGITS + 1 + REST_DIGITS || path[FAN_DIGITS] != '/' || !digest_parse(path, FAN_DIGITS, digest) ||
	    !digest_parse(path + FAN_DIGITS + 1, REST_DIGITS, digest + 1))
		return 0;
	return digest_set_add(live, digest);
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

static int open_manifest(struct image *img, const struct timed_manifest *given, const char **why)
{
	return given->bytes < 0 ? image_open(img, given->data, why) :
				  image_from_bytes(img, given->data, (uint64_t)given->bytes, why);
}

static int mark_manifest(struct work *work, const struct timed_manifest *given)
{
	struct walk_result result;
	struct image img;
	const char *why = "";
	int err = open_manifest(&img, given, &why);

	if (err != 0)
		return err;
	err = walk_image(&img, visit, &work->live, &result);
	if (given->bytes < 0)
		image_close(&img);
	return err;
}

static int mark_names(struct work *work, const struct timed_manifest *given)
{
	const uint8_t *names = given->data;

	for (int64_t at = 0; at < given->bytes; at += TIMED_DIGEST_BYTES)
		if (digest_set_add(&work->live, names + at) != 0)
			return -ENOMEM;
	return 0;
}

static int mark(struct work *work, const struct timed_collect *given)
{
	for (int i = 0; i < given->keep_count; i++) {
		int err = given->store == TIMED_LINKS ? mark_names(work, &given->keep[i]) :
							mark_manifest(work, &given->keep[i]);

		if (err == 0)
			continue;
		errno = -err;
		work->window->failed = i;
		return batch_failed(work->window, 0, given->keep[i].bytes < 0 ? given->keep[i].data : "manifest");
	}
	for (int64_t i = 0; i < given->live_count; i++)
		if (digest_set_add(&work->live, given->live + i * TIMED_DIGEST_BYTES) != 0) {
			errno = ENOMEM;
			return batch_failed(work->window, 0, "manifest");
		}
	return 0;
}

typedef int visit_name(struct work *work, const char *dir, const char *name);

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Calls `take` for every name of a folder. It may unlink that name. `flags`: further flags of open(2). */
static int each_name(struct work *work, const char *dir, int flags, visit_name *take)
{
	char listing[LISTING_BYTES] __attribute__((aligned(8)));
	int fd = batch_open(dir, O_RDONLY | O_DIRECTORY | flags, 0);
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
	if (batch_unlink(path) != 0)
		return batch_failed(work->window, batch_call_unlink, path);
	work->collected->removed_count++;
	return 0;
}

static int stays(struct work *work)
{
	work->collected->kept_count++;
	return 0;
}

static int take_object(struct work *work, const char *dir, const char *name)
{
	const char *fan = dir + strlen(dir) - FAN_DIGITS;
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (strlen(name) == REST_DIGITS && digest_parse(fan, FAN_DIGITS, digest) &&
	    digest_parse(name, REST_DIGITS, digest + 1) && digest_set_has(&work->live, digest))
		return stays(work);
	return remove_file(work, dir, name);
}

static int take_stored(struct work *work, const char *dir, const char *name)
{
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (strlen(name) == 2 * TIMED_DIGEST_BYTES && digest_parse(name, 2 * TIMED_DIGEST_BYTES, digest) &&
	    digest_set_has(&work->live, digest))
		return stays(work);
	return remove_file(work, dir, name);
}

/* The number of names says whether a checkout uses the file. */
static int take_used(struct work *work, const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (lstat(path, &status) != 0)
		return batch_failed(work->window, SYS_newfstatat, path);
	return status.st_nlink > 1 ? stays(work) : remove_file(work, dir, name);
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

	if (strlen(name) != FAN_DIGITS || !digest_parse(name, FAN_DIGITS, &fan))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	/* Everything in a folder behind a link would be removed. */
	err = each_name(work, path, O_NOFOLLOW, take_object);
	return err != 0 ? err : remove_folder(work, path);
}

static visit_name *const taking[] = { [TIMED_OBJECTS] = take_fan, [TIMED_LINKS] = take_stored, [TIMED_USED] = take_used };

/* True if the failure is that this folder was never made, not that something in it is missing. */
static bool is_absent(const struct work *work, const char *dir)
{
	return work->window->call == SYS_openat && strcmp(work->window->name, dir) == 0;
}

static int sweep(struct work *work, const struct timed_collect *given)
{
	int err = 0;

	for (int i = 0; err == 0 && i < given->dir_count; i++) {
		err = each_name(work, given->dirs[i], 0, taking[given->store]);
		if (err == -ENOENT && is_absent(work, given->dirs[i]) &&
		    (work->removes_folders || given->store != TIMED_OBJECTS)) {
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
	struct timed_collected *collected = collect->collected;
	struct work work = { .window = window, .collected = collected, .removes_folders = collect->removes_folders };
	int64_t from;
	int err;

	batch_begin(window);
	memset(collected, 0, sizeof(*collected));
	from = timed_now_ns();
	err = mark(&work, collect);
	collected->mark_ns = timed_now_ns() - from;
	collected->live_count = (int64_t)work.live.count;
	collected->live_bytes = (int64_t)(work.live.room * sizeof(*work.live.slots));
	if (err == 0)
		err = sweep(&work, collect);
	window->wall_ns = timed_now_ns() - from;
	digest_set_free(&work.live);
	return err;
}
