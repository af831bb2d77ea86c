/*
 * Walks every directory once, breadth first.
 *
 * Error: inodes whose directory blocks or attributes add up to more than the image are damage: some of them overlap.
 * Cost:  one bit per 32 bytes of image and eight bytes per directory. No recursion, so depth is not limited.
 */
#include "walk.h"

#include <errno.h>
#include <stdlib.h>

#include "dir.h"

struct walk {
	const struct image *img;
	walk_visit *visit;
	void *context;
	struct walk_result *result;
	uint8_t *seen;
	uint64_t *queue;
	uint64_t queued;
	uint64_t room;
	/* Of all directories so far. */
	uint64_t blocks;
	/* Of all visited inodes so far. */
	uint64_t xattrs_bytes;
};

static int damaged(struct walk *walk, uint64_t nid, const char *why)
{
	walk->result->nid = nid;
	walk->result->why = why;
	return -EUCLEAN;
}

/* Whether this is the first time. */
static bool reach(struct walk *walk, uint64_t nid)
{
	uint8_t bit = (uint8_t)(1u << nid % 8);
	bool first = (walk->seen[nid / 8] & bit) == 0;

	walk->seen[nid / 8] |= bit;
	return first;
}

static int push(struct walk *walk, uint64_t nid)
{
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

static int visit(struct walk *walk, const struct inode *inode)
{
	const char *why = "";
	int err = walk->visit(walk->context, walk->img, inode, &why);

	if (err != 0)
		return err == -EUCLEAN ? damaged(walk, inode->nid, why) : err;
	walk->xattrs_bytes += inode->xattrs_bytes;
	if (walk->xattrs_bytes > walk->img->size_bytes)
		return damaged(walk, inode->nid, "extended attributes of several inodes overlap");
	return 0;
}

static int walk_entry(struct walk *walk, const struct inode *dir, const struct dir_entry *entry)
{
	struct inode inode;
	int err;

	if (inode_read(walk->img, entry->nid, &inode) != 0)
		return damaged(walk, dir->nid, "a name leads to an inode that is damaged or outside the image");
	if (dir_entry_is_dots(entry))
		return inode_is_dir(&inode) ? 0 : damaged(walk, dir->nid, "the target of . or .. is not a directory");
	if (!inode_is_whiteout(&inode))
		walk->result->entries++;
	if (!reach(walk, entry->nid))
		return inode_is_dir(&inode) ? damaged(walk, entry->nid, "a directory is reached twice") : 0;
	err = visit(walk, &inode);
	return err == 0 && inode_is_dir(&inode) ? push(walk, entry->nid) : err;
}

static int walk_dir(struct walk *walk, uint64_t nid)
{
	struct inode dir;
	struct dir_block block;
	struct dir_entry entry, before = { 0 };
	int err = 0;

	if (inode_read(walk->img, nid, &dir) != 0)
		return damaged(walk, nid, "a directory is damaged");
	walk->result->directories++;
	for (uint64_t index = 0; err == 0; index++) {
		err = dir_block(walk->img, &dir, index, &block);
		if (err == -ENOENT)
			return 0;
		if (err != 0)
			return damaged(walk, nid, "a block of a directory is damaged");
		/* The last block of a directory need not be one of the image. */
		if (++walk->blocks > walk->img->size_bytes / IMAGE_BLOCK_BYTES + walk->result->directories)
			return damaged(walk, nid, "several directories have the same blocks");
		for (uint32_t i = 0; err == 0 && i < block.entries; i++) {
			if (dir_entry(&block, i, &entry) != 0)
				return damaged(walk, nid, "an entry of a directory is damaged");
			if (before.name != NULL && dir_entry_order(&before, &entry) >= 0)
				return damaged(walk, nid, "the names of a directory are not sorted");
			before = entry;
			err = walk_entry(walk, &dir, &entry);
		}
	}
	return err;
}

int walk_image(const struct image *img, walk_visit *visitor, void *context, struct walk_result *result)
{
	struct walk walk = { .img = img, .visit = visitor, .context = context, .result = result };
	struct inode root;
	int err;

	*result = (struct walk_result){ .entries = 1 };
	if (inode_read(img, img->root_nid, &root) != 0)
		return damaged(&walk, img->root_nid, "the root is damaged");
	walk.seen = calloc(img->size_bytes / IMAGE_SLOT_BYTES / 8 + 1, 1);
	if (walk.seen == NULL)
		return -ENOMEM;
	reach(&walk, img->root_nid);
	err = visit(&walk, &root);
	if (err == 0)
		err = push(&walk, img->root_nid);
	for (uint64_t i = 0; err == 0 && i < walk.queued; i++)
		err = walk_dir(&walk, walk.queue[i]);
	free(walk.queue);
	free(walk.seen);
	return err;
}
