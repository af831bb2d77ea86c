/* A walk of all names of an image, that ends at the first thing that cannot be. */
#ifndef CFS_WALK_H
#define CFS_WALK_H

#include <stdint.h>

#include "image.h"
#include "inode.h"

struct walk_result {
	/* Names that are shown, the root included. */
	uint64_t entries;
	uint64_t directories;
	/* Where it went wrong: the inode, and what is wrong with it. */
	uint64_t nid;
	const char *why;
};

/* 0 or -EUCLEAN with `why`. Called once per name, and for the root. */
typedef int walk_visit(void *context, const struct image *img, const struct inode *inode, const char **why);

/* 0, -EUCLEAN with `nid` and `why`, -ENOMEM. */
int walk_image(const struct image *img, walk_visit *visit, void *context, struct walk_result *result);

#endif
