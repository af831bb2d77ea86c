/*
 * Contents of regular files, from the image or from an object of the store.
 *
 * Error:  an object that is missing or shorter than the image says is an I/O error and one line in the log.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nodes.h"
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

/* All of `wanted_bytes`, 0 when the object ends before, or -errno. */
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

static int read_object(const struct server *server, const struct inode *inode, uint64_t offset, uint8_t *into,
		       uint32_t wanted_bytes)
{
	const char *path;
	uint32_t path_bytes;
	int fd, got;
	int err = xattr_object_path(&server->image, inode, &path, &path_bytes);

	if (err == -ENODATA) {
		log_line(&server->log, "read: inode %llu names no object", (unsigned long long)inode->nid);
		return -EIO;
	}
	if (err != 0)
		return err;
	fd = objects_open(&server->objects, path, path_bytes);
	if (fd < 0) {
		log_line(&server->log, "read: cannot open object %.*s: %s", (int)path_bytes, path, strerror(-fd));
		return -EIO;
	}
	got = read_all(fd, offset, into, wanted_bytes);
	close(fd);
	if (got > 0)
		return got;
	if (got < 0)
		log_line(&server->log, "read: cannot read object %.*s: %s", (int)path_bytes, path, strerror(-got));
	else
		log_line(&server->log, "read: object %.*s is shorter than the %llu bytes that the image says",
			 (int)path_bytes, path, (unsigned long long)inode->size_bytes);
	return -EIO;
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
	if (inode.layout == LAYOUT_OBJECT)
		return read_object(server, &inode, in.offset, reply->body, wanted_bytes);
	return read_image(&server->image, &inode, in.offset, reply->body, wanted_bytes);
}
