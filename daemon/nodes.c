#include "nodes.h"

#include <errno.h>
#include <string.h>

/* A mounted image does not change: 68 years. */
#define FOREVER_SEC 0x7fffffffu
#define SECTOR_BYTES 512u
#define NSEC_LAST 999999999u

static uint64_t node_id(const struct image *img, uint64_t nid)
{
	return nid == img->root_nid ? FUSE_ROOT_ID : nid;
}

int node_read(const struct image *img, uint64_t id, struct inode *inode)
{
	return inode_read(img, id == FUSE_ROOT_ID ? img->root_nid : id, inode);
}

bool node_is_hidden(const struct server *server, const struct inode *inode)
{
	return server->view == VIEW_MERGED && inode_is_whiteout(inode);
}

static void node_attr(const struct inode *inode, struct fuse_attr *attr)
{
	uint64_t blocks = inode->size_bytes / IMAGE_BLOCK_BYTES + (inode->size_bytes % IMAGE_BLOCK_BYTES != 0);
	uint32_t nsec = inode->mtime_nsec > NSEC_LAST ? NSEC_LAST : inode->mtime_nsec;

	*attr = (struct fuse_attr){
		.ino = inode->nid,
		.size = inode->size_bytes,
		.blocks = blocks * (IMAGE_BLOCK_BYTES / SECTOR_BYTES),
		.atime = (uint64_t)inode->mtime_sec,
		.mtime = (uint64_t)inode->mtime_sec,
		.ctime = (uint64_t)inode->mtime_sec,
		.atimensec = nsec,
		.mtimensec = nsec,
		.ctimensec = nsec,
		.mode = inode->mode,
		.nlink = inode->nlink,
		.uid = inode->uid,
		.gid = inode->gid,
		.rdev = inode->rdev,
		.blksize = IMAGE_BLOCK_BYTES,
	};
}

void node_entry(const struct image *img, const struct inode *inode, struct fuse_entry_out *entry)
{
	*entry = (struct fuse_entry_out){
		.nodeid = node_id(img, inode->nid),
		.entry_valid = FOREVER_SEC,
		.attr_valid = FOREVER_SEC,
	};
	node_attr(inode, &entry->attr);
}

void node_no_entry(struct fuse_entry_out *entry)
{
	*entry = (struct fuse_entry_out){ .entry_valid = FOREVER_SEC };
}

const void *request_head(const struct request *request, uint32_t bytes)
{
	return request->body_bytes < bytes ? NULL : request->body;
}

const char *request_name(const struct request *request, uint32_t skip, uint32_t *name_bytes)
{
	const uint8_t *end;

	if (request->body_bytes <= skip)
		return NULL;
	end = memchr(request->body + skip, 0, request->body_bytes - skip);
	if (end == NULL)
		return NULL;
	*name_bytes = (uint32_t)(end - (request->body + skip));
	return (const char *)request->body + skip;
}
