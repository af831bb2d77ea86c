/* Reads all of an image and tells the first thing that is wrong with it. */
#ifndef CFS_CHECK_H
#define CFS_CHECK_H

#include "walk.h"

/* 0, -EUCLEAN with `nid` and `why`, -ENOMEM. */
int check_image(const struct image *img, struct walk_result *result);

#endif
