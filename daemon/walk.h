/*
 * A walk of all names of an image, which stops at the first damage.
 *
 * Each inode is visited once, however many names lead to it, so a visitor may collect facts of inodes, not of names. Directories may
 * not share blocks, nor inodes attributes, so that the time depends on the size of the image alone, also if it is hostile.
 */
#ifndef CFS_WALK_H
#define CFS_WALK_H

#include <stdint.h>

#include "image.h"
#include "inode.h"

struct walk_result {
	/* Visible names, including the root. */
	uint64_t entries;
	uint64_t directories;
	/* The damaged inode, and its damage. */
	uint64_t nid;
	const char *why;
};

/* Called once per inode that has a name, and for the root. 0, or -EUCLEAN with `why`. */
typedef int walk_visit(void *context, const struct image *img, const struct inode *inode, const char **why);

/* 0, -EUCLEAN with `nid` and `why`, -ENOMEM. */
int walk_image(const struct image *img, walk_visit *visit, void *context, struct walk_result *result);

#endif
