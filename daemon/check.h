/* Reads all of an image and tells the first thing that is wrong with it. */
#ifndef CFS_CHECK_H
#define CFS_CHECK_H

#include <stdint.h>

#include "image.h"

struct check_result {
	/* Names that are shown, the root included. */
	uint64_t entries;
	uint64_t directories;
	/* Where it went wrong: the inode, and what is wrong with it. */
	uint64_t nid;
	const char *why;
};

/* 0, -EUCLEAN with `nid` and `why`, -ENOMEM. */
int check_image(const struct image *img, struct check_result *result);

#endif
