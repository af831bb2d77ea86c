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

#include "../daemon/guard.h"
#include "../daemon/image.h"
#include "../daemon/walk.h"
#include "../daemon/xattr.h"
#include "batch.h"
#include "digest-set.h"

#define FAN_DIGITS 2
#define REST_DIGITS (2 * TIMED_DIGEST_BYTES - FAN_DIGITS)

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

struct marking {
	struct work *work;
	const struct timed_manifest *given;
	struct image img;
	int fd; /* -1: the manifest is in memory */
};

static int mark_opened(void *context)
{
	struct marking *marking = context;
	struct walk_result result;
	const char *why;
	int err = marking->fd >= 0 ? image_map(&marking->img, marking->fd, &why) :
				     image_from_bytes(&marking->img, marking->given->data, (uint64_t)marking->given->bytes, &why);

	return err != 0 ? err : walk_image(&marking->img, visit, &marking->work->live, &result);
}

/* A page of the file that cannot be read is -EIO, not the end of this process. */
static int mark_manifest(struct work *work, const struct timed_manifest *given)
{
	struct marking marking = { .work = work, .given = given, .fd = -1 };
	int err;

	if (given->bytes >= 0)
		return mark_opened(&marking);
	marking.fd = open(given->data, IMAGE_FLAGS);
	if (marking.fd < 0)
		return -errno;
	err = guarded(mark_opened, &marking);
	image_close(&marking.img);
	close(marking.fd);
	return err;
}

/* When the library is loaded: nothing is counted yet. */
__attribute__((constructor)) static void catch_unreadable_pages(void)
{
	guard_install();
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
	char number[32];

	for (int i = 0; i < given->keep_count; i++) {
		int err = given->store == TIMED_LINKS ? mark_names(work, &given->keep[i]) :
							mark_manifest(work, &given->keep[i]);

		if (err == 0)
			continue;
		errno = -err;
		work->window->failed = i;
		snprintf(number, sizeof(number), "manifest %d", i);
		return batch_failed(work->window, 0, given->keep[i].bytes < 0 ? given->keep[i].data : number);
	}
	return 0;
}

typedef int visit_name(struct work *work, const char *dir, const char *name);

/* Calls `take` for every name of a folder. It may unlink that name. `flags`: further flags of open(2). */
static int each_name(struct work *work, const char *dir, int flags, visit_name *take)
{
	struct batch_listing listing;
	const struct batch_entry *entry;
	int fd = batch_open(dir, O_RDONLY | O_DIRECTORY | flags, 0);
	int err = 0;

	if (fd < 0)
		return batch_failed(work->window, SYS_openat, dir);
	batch_list(&listing);
	while (err == 0 && (entry = batch_next(&listing, fd)) != NULL)
		err = take(work, dir, entry->name);
	if (err == 0 && errno != 0)
		err = batch_failed(work->window, SYS_getdents64, dir);
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
