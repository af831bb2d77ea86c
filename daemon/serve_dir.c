/*
 * Directory listings. A cookie is the position of the next entry, as block and index in the block, so that open
 * directories need no state.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "dir.h"
#include "nodes.h"

#define COOKIE_INDEX_BITS 12
#define COOKIE_INDEX_MASK ((1u << COOKIE_INDEX_BITS) - 1)

/* The protocol's type: the file type bits of a mode, shifted. */
static uint32_t type_of(enum dir_type type)
{
	static const uint32_t modes[] = { 0,	     S_IFREG, S_IFDIR,	S_IFCHR,
					  S_IFBLK, S_IFIFO, S_IFSOCK, S_IFLNK };

	return modes[type] >> 12;
}

struct listing {
	const struct server *server;
	const struct image *img;
	struct reply *reply;
	uint32_t used_bytes;
	bool plus;
};

/* Size of a record with its padding. */
static uint32_t record_bytes(const struct listing *listing, uint32_t name_bytes)
{
	uint32_t head = listing->plus ? FUSE_NAME_OFFSET_DIRENTPLUS : FUSE_NAME_OFFSET;

	return (head + name_bytes + 7) & ~7u;
}

/* 1 if the entry was added or is hidden, 0 if it does not fit. */
static int add(struct listing *listing, const struct dir_entry *entry, uint64_t cookie)
{
	struct fuse_direntplus record = { 0 };
	struct inode inode;
	uint32_t bytes = record_bytes(listing, entry->name_bytes);
	uint32_t head_bytes = listing->plus ? FUSE_NAME_OFFSET_DIRENTPLUS : FUSE_NAME_OFFSET;
	uint8_t *at = listing->reply->body + listing->used_bytes;
	/* A damaged inode is listed without attributes; looking it up then fails. */
	bool known = (listing->plus || entry->type == DIR_TYPE_CHAR || entry->type == DIR_TYPE_UNKNOWN) &&
		     inode_read(listing->img, entry->nid, &inode) == 0;

	if (known && node_is_hidden(listing->server, &inode))
		return 1;
	if (bytes > listing->reply->room_bytes - listing->used_bytes)
		return 0;
	if (known && listing->plus && !dir_entry_is_dots(entry))
		node_entry(listing->img, &inode, &record.entry_out);
	record.dirent = (struct fuse_dirent){
		.ino = entry->nid,
		.off = cookie,
		.namelen = entry->name_bytes,
		.type = type_of(entry->type),
	};
	if (listing->plus)
		memcpy(at, &record, head_bytes);
	else
		memcpy(at, &record.dirent, head_bytes);
	memcpy(at + head_bytes, entry->name, entry->name_bytes);
	memset(at + head_bytes + entry->name_bytes, 0, bytes - head_bytes - entry->name_bytes);
	listing->used_bytes += bytes;
	return 1;
}

/* The entry before a position, to check the order. Its name is NULL if there is none or it is damaged. */
static void entry_before(const struct listing *listing, const struct inode *dir, uint64_t index, uint32_t first,
			 struct dir_entry *before)
{
	struct dir_block block;

	*before = (struct dir_entry){ 0 };
	if (first == 0 && index == 0)
		return;
	if (dir_block(listing->img, dir, first == 0 ? index - 1 : index, &block) != 0 || first > block.entries ||
	    dir_entry(&block, (first == 0 ? block.entries : first) - 1, before) != 0)
		before->name = NULL;
}

static int list(struct listing *listing, const struct inode *dir, uint64_t cookie)
{
	uint64_t index = cookie >> COOKIE_INDEX_BITS;
	uint32_t first = cookie & COOKIE_INDEX_MASK;
	struct dir_block block;
	struct dir_entry entry, before;
	int err;

	entry_before(listing, dir, index, first, &before);
	for (;; index++, first = 0) {
		err = dir_block(listing->img, dir, index, &block);
		if (err != 0)
			return err == -ENOENT ? 0 : err;
		for (uint32_t i = first; i < block.entries; i++) {
			err = dir_entry(&block, i, &entry);
			if (err != 0)
				return err;
			/* Duplicate or unsorted names cannot be looked up. */
			if (before.name != NULL && dir_entry_order(&before, &entry) >= 0)
				return -EUCLEAN;
			before = entry;
			if (!add(listing, &entry, index << COOKIE_INDEX_BITS | (i + 1)))
				return 0;
		}
	}
}

static int serve_listing(const struct server *server, const struct request *request, struct reply *reply, bool plus)
{
	struct listing listing = { .server = server, .img = &server->image, .reply = reply, .plus = plus };
	struct fuse_read_in in;
	struct inode dir;
	int err;

	if (request_head(request, sizeof(in)) == NULL)
		return -EINVAL;
	memcpy(&in, request->body, sizeof(in));
	err = node_read(&server->image, request->head->nodeid, &dir);
	if (err != 0)
		return err;
	if (!inode_is_dir(&dir))
		return -ENOTDIR;
	if (in.size < reply->room_bytes)
		reply->room_bytes = in.size;
	err = list(&listing, &dir, in.offset);
	/* Entries before a damaged one are returned; the next request starts at the damaged one and fails. */
	return err != 0 && listing.used_bytes == 0 ? err : (int)listing.used_bytes;
}

int serve_readdir(const struct server *server, const struct request *request, struct reply *reply)
{
	return serve_listing(server, request, reply, false);
}

int serve_readdirplus(const struct server *server, const struct request *request, struct reply *reply)
{
	return serve_listing(server, request, reply, true);
}
