/* Attribute names that occur in an image. Other names can be refused once instead of file by file. */
#ifndef CFS_NAMES_H
#define CFS_NAMES_H

#include <pthread.h>
#include <stdbool.h>

#include "image.h"

/* Which of those names give EOPNOTSUPP instead of ENODATA: none, those of access control lists, or all. */
enum xattr_mode { XATTR_FULL, XATTR_NO_ACL, XATTR_AUTO };

struct names {
	pthread_mutex_t lock;
	bool known;
	/* All true if the image could not be read completely. */
	bool any;
	bool acl;
	bool selinux;
};

void names_init(struct names *names);

/* Reads the whole image at the first call. */
void names_learn(struct names *names, const struct image *img);

#endif
