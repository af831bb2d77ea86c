/*
 * Contents of regular files, from the image or from an object of the store.
 *
 * Error:  an object that is missing or has another size than the image states, and is not fetched either, gives EIO and one line
 *         in the log.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nodes.h"
#include "verity.h"
#include "xattr.h"

static int read_image(const struct image *img, const struct inode *inode, uint64_t offset, uint8_t *into,
		      uint32_t wanted_bytes)
{
	uint32_t done = 0;

	while (done < wanted_bytes) {
		uint64_t bytes = wanted_bytes - done;
		const uint8_t *from = inode_bytes(img, inode, offset + done, &bytes);

		if (from == NULL)
			return -EUCLEAN;
		memcpy(into + done, from, bytes);
		done += (uint32_t)bytes;
	}
	return (int)done;
}

/* `wanted_bytes`, 0 if the object is too short, or -errno. */
static int read_all(int fd, uint64_t offset, uint8_t *into, uint32_t wanted_bytes)
{
	uint32_t done = 0;

	while (done < wanted_bytes) {
		ssize_t got = pread(fd, into + done, wanted_bytes - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		done += (uint32_t)got;
	}
	return (int)done;
}

/* A reader of a damaged image must neither fill the disk of the log nor wait for a reader of it. */
#define REPORTS_MAX 256u

/*
 * Whether an error is logged. Not if the last report was about the same inode: reading a file in pieces gives one line. The
 * last line of a mount says that no more follow.
 */
static bool may_report(const struct server *server, const struct inode *inode)
{
	struct mount_state *state = server->mount_state;
	uint64_t before;

	if (atomic_exchange(&state->last_reported, inode->nid) == inode->nid)
		return false;
	before = atomic_fetch_add(&state->reports, 1);
	if (before == REPORTS_MAX - 1)
		log_line(&server->log, "read: further errors of this mount are not logged");
	return before < REPORTS_MAX - 1;
}

static bool fits(const struct inode *inode, const struct stat *st)
{
	return (uint64_t)st->st_size == inode->size_bytes;
}

/*
 * With a fetcher an object of another size is missing too: a crash of the machine can leave an empty file under a right name. A
 * descriptor, or -errno.
 */
static int find_object(const struct server *server, const struct inode *inode, const char *path, uint32_t path_bytes,
		       struct stat *st)
{
	int fd = objects_open(&server->objects, path, path_bytes, st);
	int err;

	if (fd >= 0 ? fits(inode, st) : fd != -ENOENT && fd != -OBJECTS_NOT_REGULAR)
		return fd;
	err = fetch_object(&server->fetch, path, path_bytes);
	/* Nobody was asked. */
	if (err == -ENOENT)
		return fd;
	if (fd >= 0)
		close(fd);
	return err == 0 ? objects_open(&server->objects, path, path_bytes, st) : err;
}

static int check_size(const struct server *server, const struct inode *inode, const struct stat *st, const char *path,
		      int path_bytes)
{
	if (fits(inode, st))
		return 0;
	if (may_report(server, inode))
		log_line(&server->log, "read: object %.*s is %s than the %llu bytes stated by the image", path_bytes, path,
			 (uint64_t)st->st_size < inode->size_bytes ? "shorter" : "longer",
			 (unsigned long long)inode->size_bytes);
	return -EIO;
}

/* With `--verity require`: the digest that the image has. Read before the object is opened: a page that cannot be read ends the work. */
struct stated {
	uint8_t digest[VERITY_DIGEST_BYTES];
	bool found;
};

static struct stated stated_digest(const struct server *server, const struct inode *inode)
{
	struct stated stated = { .found = false };
	const uint8_t *digest;

	if (!server->requires_verity || verity_of_inode(&server->image, inode, &digest) != 0)
		return stated;
	memcpy(stated.digest, digest, sizeof(stated.digest));
	stated.found = true;
	return stated;
}

/* With `--verity require`: the digest that the kernel enforces is the one that the image has. */
static int check_verity(const struct server *server, const struct inode *inode, int fd, const struct stated *stated,
			const char *path, int path_bytes)
{
	uint8_t digest[VERITY_DIGEST_BYTES];
	const char *what = "has another fs-verity digest than the image states";

	if (!server->requires_verity)
		return 0;
	if (!stated->found)
		what = "has no digest in the image";
	else if (verity_measure(fd, digest) != 0)
		what = "has no fs-verity digest";
	else if (memcmp(digest, stated->digest, sizeof(digest)) == 0)
		return 0;
	if (may_report(server, inode))
		log_line(&server->log, "read: object %.*s %s", path_bytes, path, what);
	return -EIO;
}

/* A descriptor of the object, or -errno after a log message. */
static int open_object(const struct server *server, const struct inode *inode)
{
	struct stat st;
	struct stated stated;
	const char *path;
	uint32_t path_bytes;
	int fd;
	int err = xattr_object_path(&server->image, inode, &path, &path_bytes);

	if (err == -ENODATA) {
		if (may_report(server, inode))
			log_line(&server->log, "read: inode %llu has no object path", (unsigned long long)inode->nid);
		return -EIO;
	}
	if (err != 0) {
		if (may_report(server, inode))
			log_line(&server->log, "read: inode %llu has a damaged object path", (unsigned long long)inode->nid);
		return err;
	}
	stated = stated_digest(server, inode);
	fd = find_object(server, inode, path, path_bytes, &st);
	if (fd < 0) {
		if (!may_report(server, inode))
			return -EIO;
		if (fd == -OBJECTS_NOT_REGULAR)
			log_line(&server->log, "read: object %.*s is not a regular file", (int)path_bytes, path);
		else
			log_line(&server->log, "read: cannot open object %.*s: %s", (int)path_bytes, path, strerror(-fd));
		return -EIO;
	}
	err = check_size(server, inode, &st, path, (int)path_bytes);
	if (err == 0)
		err = check_verity(server, inode, fd, &stated, path, (int)path_bytes);
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

static int read_object(const struct server *server, const struct inode *inode, uint64_t offset, uint8_t *into,
		       uint32_t wanted_bytes)
{
	int fd = open_object(server, inode);
	int got;

	if (fd < 0)
		return fd;
	got = read_all(fd, offset, into, wanted_bytes);
	close(fd);
	if (got > 0)
		return got;
	if (may_report(server, inode))
		log_line(&server->log, "read: cannot read the object of inode %llu: %s", (unsigned long long)inode->nid,
			 got < 0 ? strerror(-got) : "it was truncated");
	return -EIO;
}

struct opening {
	const struct server *server;
	const struct inode *inode;
};

static int open_backing(void *context)
{
	const struct opening *opening = context;

	return open_object(opening->server, opening->inode);
}

/*
 * Without passthrough, ENOSYS makes the kernel stop sending OPEN. With it, files with contents in the image, and objects
 * that the kernel refuses, are read by requests and cached.
 */
int serve_open(const struct server *server, const struct request *request, struct reply *reply)
{
	struct abi_open_out out = { .open_flags = ABI_OPEN_KEEP_CACHE | ABI_OPEN_NOFLUSH };
	struct inode inode;
	int err;

	if (!server->mount_state->passthrough)
		return -ENOSYS;
	err = node_read(&server->image, request->head->nodeid, &inode);
	if (err != 0)
		return err;
	if (inode.layout == LAYOUT_OBJECT && S_ISREG(inode.mode)) {
		struct opening opening = { .server = server, .inode = &inode };
		bool refused;
		int32_t id = backing_id(&server->mount_state->backing, inode.nid, open_backing, &opening, &refused);

		if (id < 0 && !refused)
			return id;
		if (id < 0 && may_report(server, &inode))
			log_line(&server->log, "passthrough: the kernel refused an object, which is now read by requests: %s",
				 strerror(-id));
		if (id < 0 && server->strict)
			return -EIO;
		if (id > 0) {
			out.open_flags = ABI_OPEN_PASSTHROUGH | ABI_OPEN_NOFLUSH;
			out.backing_id = id;
		}
	}
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}

/* No state per open file. */
int serve_release(const struct server *server, const struct request *request, struct reply *reply)
{
	(void)server;
	(void)request;
	(void)reply;
	return 0;
}

/* With --metadata-only, objects are read by the overlayfs above; direct reads give EIO. */
static int read_contents(const struct server *server, const struct inode *inode, uint64_t offset, uint8_t *into,
		      uint32_t wanted_bytes)
{
	if (inode->layout != LAYOUT_OBJECT)
		return read_image(&server->image, inode, offset, into, wanted_bytes);
	return server->view == VIEW_MERGED ? read_object(server, inode, offset, into, wanted_bytes) : -EIO;
}

int serve_read(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_read_in in;
	struct inode inode;
	uint32_t wanted_bytes;
	int err;

	if (request_head(request, sizeof(in)) == NULL)
		return -EINVAL;
	memcpy(&in, request->body, sizeof(in));
	err = node_read(&server->image, request->head->nodeid, &inode);
	if (err != 0)
		return err;
	if (!S_ISREG(inode.mode))
		return inode_is_dir(&inode) ? -EISDIR : -EINVAL;
	if (in.offset >= inode.size_bytes)
		return 0;
	wanted_bytes = in.size < reply->room_bytes ? in.size : reply->room_bytes;
	if (wanted_bytes > inode.size_bytes - in.offset)
		wanted_bytes = (uint32_t)(inode.size_bytes - in.offset);
	if (wanted_bytes == 0)
		return 0;
	return read_contents(server, &inode, in.offset, reply->body, wanted_bytes);
}
