/*
 * Writes the missing objects of an image into a store.
 *
 * Does:    one existence check per object; for each missing one a read of the pack (1 MiB at a time), open, write, close, rename.
 *          An empty store gets each folder `ab` before its first object, so that no store has an unused folder.
 * Leaves:  no partial object, unless the process dies between open and rename.
 * Source:  Documentation/filesystems/fsverity.rst, FS_IOC_ENABLE_VERITY.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "batch.h"
#include "verity.h"

#define OBJECT_MODE 0644
#define FOLDER_MODE 0755
#define FAN_OUT 256
#define TEMPORARY ".new"
/* struct fsverity_enable_arg: version, SHA-256, bytes of a block, then zeros. */
#define ENABLE_VERITY 0x40806685
#define ENABLE_WORDS 32

struct pack {
	int fd;
	uint8_t *bytes;
	int64_t room, from, to;
};

struct work {
	const struct timed_ingest *given;
	struct timed_window *window;
	struct verity *verity;
	struct pack pack;
	uint8_t made[FAN_OUT / 8];
	char path[PATH_MAX];
	char temporary[PATH_MAX];
};

static const char *dir_of(const struct timed_ingest *given, const struct timed_object *object)
{
	return given->dirs[(object->digest[0] >> 4) % given->dir_count];
}

/* `DIR/ab/cdef…` of an object. */
static void name_object(char *path, const char *dir, const uint8_t *digest)
{
	char *at = stpcpy(path, dir);

	for (int i = 0; i < TIMED_DIGEST_BYTES; i++) {
		if (i < 2)
			*at++ = '/';
		at = batch_digits(at, digest[i]);
	}
	*at = '\0';
}

static int failed(struct work *work, int call, const char *name)
{
	return batch_failed(work->window, call, name);
}

static int fill(struct work *work, int64_t offset)
{
	struct pack *pack = &work->pack;
	int64_t done = 0;

	while (done < pack->room) {
		ssize_t got = pread(pack->fd, pack->bytes + done, (size_t)(pack->room - done), offset + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed(work, SYS_pread64, work->given->pack);
		if (got == 0)
			break;
		done += got;
	}
	pack->from = offset;
	pack->to = offset + done;
	if (done > 0)
		return 0;
	errno = ENODATA;
	return failed(work, SYS_pread64, work->given->pack);
}

/* Copies the contents of one object into a file. */
static int copy(struct work *work, const struct timed_object *object, int fd)
{
	struct pack *pack = &work->pack;
	int64_t end = object->offset + object->bytes;
	int err = 0;

	if (object->bytes > 0 && (object->offset < pack->from || end > pack->to))
		err = fill(work, object->offset);
	for (int64_t at = object->offset; err == 0 && at < end;) {
		int64_t upto;

		if (at == pack->to && (err = fill(work, at)) != 0)
			break;
		upto = end < pack->to ? end : pack->to;
		if (work->verity != NULL)
			verity_update(work->verity, pack->bytes + (at - pack->from), (uint64_t)(upto - at));
		if (batch_write(fd, pack->bytes + (at - pack->from), upto - at, work->window) != 0)
			err = failed(work, SYS_write, work->temporary);
		at = upto;
	}
	return err;
}

static int make_folder(struct work *work, const char *dir, uint8_t fan)
{
	char path[PATH_MAX];

	if (!work->given->makes_folders || work->made[fan / 8] & 1u << fan % 8)
		return 0;
	work->made[fan / 8] |= (uint8_t)(1u << fan % 8);
	snprintf(path, sizeof(path), "%s/%02x", dir, fan);
	return batch_mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST ? 0 : failed(work, batch_call_mkdir, path);
}

/* open, ioctl, close. Tries only once if the file system does not support it. */
static int enable_verity(struct work *work)
{
	uint32_t argument[ENABLE_WORDS] = { 1, 1, VERITY_BLOCK_BYTES };
	struct timed_window *window = work->window;
	int fd, result, error;
	int64_t from;

	if (window->verity == TIMED_VERITY_ABSENT)
		return 0;
	from = timed_now_ns();
	fd = batch_open(work->temporary, O_RDONLY, 0);
	if (fd < 0)
		return failed(work, SYS_openat, work->temporary);
	result = ioctl(fd, ENABLE_VERITY, argument);
	error = errno;
	close(fd);
	window->verity_ns += timed_now_ns() - from;
	window->verity_calls += 3;
	if (result == 0) {
		window->verity = TIMED_VERITY_ENABLED;
		window->verity_files++;
		return 0;
	}
	if (error == ENOTTY || error == EOPNOTSUPP) {
		window->verity = TIMED_VERITY_ABSENT;
		return 0;
	}
	errno = error;
	return failed(work, SYS_ioctl, work->temporary);
}

static int check(struct work *work, const struct timed_object *object)
{
	uint8_t digest[TIMED_DIGEST_BYTES];

	if (work->verity == NULL)
		return 0;
	verity_digest(work->verity, digest);
	if (memcmp(digest, object->digest, sizeof(digest)) == 0)
		return work->given->digests == TIMED_DIGESTED ? enable_verity(work) : 0;
	errno = EBADMSG;
	return failed(work, 0, work->path);
}

static int put(struct work *work, const struct timed_object *object, const char *dir)
{
	int err, fd;

	if ((err = make_folder(work, dir, object->digest[0])) != 0)
		return err;
	snprintf(work->temporary, sizeof(work->temporary), "%s/" TEMPORARY, dir);
	fd = batch_open(work->temporary, O_WRONLY | O_CREAT | O_EXCL, OBJECT_MODE);
	if (fd < 0)
		return failed(work, SYS_openat, work->temporary);
	if (work->verity != NULL)
		verity_start(work->verity);
	err = copy(work, object, fd);
	if (close(fd) != 0 && err == 0)
		err = failed(work, SYS_close, work->temporary);
	if (err == 0)
		err = check(work, object);
	if (err == 0 && batch_rename(work->temporary, work->path) != 0)
		err = failed(work, batch_call_rename, work->path);
	if (err != 0)
		batch_unlink(work->temporary);
	return err;
}

static int make_dirs(struct work *work)
{
	const struct timed_ingest *given = work->given;

	for (int i = 0; given->makes_folders && i < given->dir_count; i++)
		if (batch_mkdir(given->dirs[i], FOLDER_MODE) != 0 && errno != EEXIST)
			return failed(work, batch_call_mkdir, given->dirs[i]);
	return 0;
}

static int write_missing(struct work *work)
{
	const struct timed_ingest *given = work->given;
	int err = make_dirs(work);

	if (err != 0)
		return err;
	work->pack.fd = batch_open(given->pack, O_RDONLY, 0);
	if (work->pack.fd < 0)
		return failed(work, SYS_openat, given->pack);
	for (int i = 0; err == 0 && i < given->object_count; i++) {
		const struct timed_object *object = &given->objects[i];
		const char *dir = dir_of(given, object);

		name_object(work->path, dir, object->digest);
		if (batch_exists(work->path))
			continue;
		err = put(work, object, dir);
		if (err != 0)
			work->window->failed = i;
	}
	close(work->pack.fd);
	return err;
}

int timed_ingest(const struct timed_ingest *ingest, struct timed_window *window)
{
	struct work work = { .given = ingest, .window = window, .pack = { .bytes = ingest->buffer, .room = ingest->buffer_bytes } };
	struct verity *verity = ingest->digests != TIMED_TRUSTED ? malloc(sizeof(*verity)) : NULL;
	int64_t from;
	int err;

	batch_begin(window);
	if (ingest->digests != TIMED_TRUSTED && (verity == NULL || !verity_open(verity))) {
		free(verity);
		errno = ENOSYS;
		return batch_failed(window, 0, "SHA-256");
	}
	work.verity = verity;
	from = timed_now_ns();
	err = write_missing(&work);
	window->wall_ns = timed_now_ns() - from;
	if (verity != NULL)
		verity_close(verity);
	free(verity);
	return err;
}
