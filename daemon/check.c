/*
 * Walks every directory once, breadth first.
 *
 * Cost:  one bit per 32 bytes of image and eight bytes per directory; no recursion, so depth does not matter.
 */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dir.h"
#include "inode.h"
#include "xattr.h"

struct walk {
	const struct image *img;
	struct check_result *result;
	uint8_t *seen;
	uint64_t *queue;
	uint64_t queued;
	uint64_t room;
};

static int wrong(struct walk *walk, uint64_t nid, const char *why)
{
	walk->result->nid = nid;
	walk->result->why = why;
	return -EUCLEAN;
}

static int push(struct walk *walk, uint64_t nid)
{
	if (walk->seen[nid / 8] & 1u << nid % 8)
		return wrong(walk, nid, "a directory is reached twice");
	walk->seen[nid / 8] |= (uint8_t)(1u << nid % 8);
	if (walk->queued == walk->room) {
		uint64_t room = walk->room * 2 + 64;
		uint64_t *queue = realloc(walk->queue, room * sizeof(*queue));

		if (queue == NULL)
			return -ENOMEM;
		walk->queue = queue;
		walk->room = room;
	}
	walk->queue[walk->queued++] = nid;
	return 0;
}

static int check_xattrs(struct walk *walk, const struct inode *inode)
{
	struct xattr_cursor cursor;
	struct xattr found;
	int err = xattr_start(walk->img, inode, &cursor);

	while (err == 0)
		err = xattr_next(&cursor, &found);
	return err == -ENODATA ? 0 : wrong(walk, inode->nid, "an extended attribute lies outside");
}

static int check_contents(struct walk *walk, const struct inode *inode)
{
	uint64_t offset, bytes;
	const char *text;
	uint32_t text_bytes;

	if (S_ISLNK(inode->mode) && inode_target(walk->img, inode, &text, &text_bytes) != 0)
		return wrong(walk, inode->nid, "a symlink has no valid target");
	if (!S_ISREG(inode->mode))
		return 0;
	if (inode->layout == LAYOUT_OBJECT) {
		if (xattr_object_path(walk->img, inode, &text, &text_bytes) == -EUCLEAN)
			return wrong(walk, inode->nid, "a file has no valid object path");
		return 0;
	}
	for (offset = 0; offset < inode->size_bytes; offset += bytes) {
		bytes = inode->size_bytes - offset;
		if (inode_bytes(walk->img, inode, offset, &bytes) == NULL)
			return wrong(walk, inode->nid, "the contents of a file lie outside");
	}
	return 0;
}

static int check_entry(struct walk *walk, const struct inode *dir, const struct dir_entry *entry)
{
	struct inode inode;
	int err;

	if (inode_read(walk->img, entry->nid, &inode) != 0)
		return wrong(walk, dir->nid, "a directory names an inode that is damaged or lies outside");
	if (dir_entry_is_dots(entry))
		return inode_is_dir(&inode) ? 0 : wrong(walk, dir->nid, "a parent is not a directory");
	if (!inode_is_whiteout(&inode))
		walk->result->entries++;
	if (inode_is_dir(&inode))
		return push(walk, entry->nid);
	err = check_xattrs(walk, &inode);
	return err != 0 ? err : check_contents(walk, &inode);
}

static int check_dir(struct walk *walk, uint64_t nid)
{
	struct inode dir;
	struct dir_block block;
	struct dir_entry entry;
	uint64_t index;
	int err;

	/* It was readable when it was queued. */
	if (inode_read(walk->img, nid, &dir) != 0)
		return wrong(walk, nid, "a directory is damaged");
	err = check_xattrs(walk, &dir);
	walk->result->directories++;
	for (index = 0; err == 0; index++) {
		err = dir_block(walk->img, &dir, index, &block);
		if (err == -ENOENT)
			return 0;
		if (err != 0)
			return wrong(walk, nid, "a block of a directory is damaged");
		for (uint32_t i = 0; err == 0 && i < block.entries; i++) {
			if (dir_entry(&block, i, &entry) != 0)
				return wrong(walk, nid, "an entry of a directory is damaged");
			err = check_entry(walk, &dir, &entry);
		}
	}
	return err;
}

int check_image(const struct image *img, struct check_result *result)
{
	struct walk walk = { .img = img, .result = result };
	int err;

	*result = (struct check_result){ 0 };
	walk.seen = calloc(img->size_bytes / IMAGE_SLOT_BYTES / 8 + 1, 1);
	if (walk.seen == NULL)
		return -ENOMEM;
	result->entries = 1;
	err = push(&walk, img->root_nid);
	for (uint64_t i = 0; err == 0 && i < walk.queued; i++)
		err = check_dir(&walk, walk.queue[i]);
	free(walk.queue);
	free(walk.seen);
	return err;
}
