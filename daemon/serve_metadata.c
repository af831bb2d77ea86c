/* Names, attributes, link targets, statfs. */
#include <errno.h>
#include <string.h>

#include "dir.h"
#include "nodes.h"

static int find(const struct server *server, uint64_t parent, const char *name, uint32_t name_bytes, struct inode *inode)
{
	const struct image *img = &server->image;
	struct dir_entry entry;
	struct inode dir;
	int err = node_read(img, parent, &dir);

	if (err != 0)
		return err;
	if (name_bytes > DIR_NAME_MAX)
		return -ENAMETOOLONG;
	/* The kernel looks up `.` of any node to decode a file handle. */
	if (name_bytes == 1 && name[0] == '.') {
		*inode = dir;
		return 0;
	}
	if (!inode_is_dir(&dir))
		return -ENOTDIR;
	err = dir_find(img, &dir, name, name_bytes, &entry);
	if (err != 0)
		return err;
	err = inode_read(img, entry.nid, inode);
	if (err == 0 && node_is_hidden(server, inode))
		return -ENOENT;
	return err;
}

int serve_lookup(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_entry_out out;
	struct inode inode;
	uint32_t name_bytes;
	const char *name = request_name(request, 0, &name_bytes);
	int err;

	if (name == NULL)
		return -EINVAL;
	err = find(server, request->head->nodeid, name, name_bytes, &inode);
	if (err == -ENOENT)
		node_no_entry(&out);
	else if (err != 0)
		return err;
	else
		node_entry(&server->image, &inode, &out);
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}

int serve_getattr(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_entry_out entry;
	struct fuse_attr_out out = { 0 };
	struct inode inode;
	int err = node_read(&server->image, request->head->nodeid, &inode);

	if (err != 0)
		return err;
	node_entry(&server->image, &inode, &entry);
	out.attr_valid = entry.attr_valid;
	out.attr = entry.attr;
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}

int serve_readlink(const struct server *server, const struct request *request, struct reply *reply)
{
	struct inode inode;
	const char *target;
	uint32_t bytes;
	int err = node_read(&server->image, request->head->nodeid, &inode);

	if (err == 0)
		err = inode_target(&server->image, &inode, &target, &bytes);
	if (err != 0)
		return err;
	memcpy(reply->body, target, bytes);
	return (int)bytes;
}

/* The numbers of inodes are those of EROFS, which overlayfs passes on: no program takes the image for full. */
int serve_statfs(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_statfs_out out = { .st = {
		.blocks = server->image.block_count,
		.files = UINT64_MAX,
		.ffree = UINT64_MAX - server->image.inode_count,
		.bsize = IMAGE_BLOCK_BYTES,
		.frsize = IMAGE_BLOCK_BYTES,
		.namelen = DIR_NAME_MAX,
	} };

	(void)request;
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}
