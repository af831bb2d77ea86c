/* Reads a whole image and reports the first damage. */
#ifndef CFS_CHECK_H
#define CFS_CHECK_H

#include "walk.h"

/* 0, -EUCLEAN with `nid` and `why`, -ENOMEM. */
int check_image(const struct image *img, struct walk_result *result);

#endif
