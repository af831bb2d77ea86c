/* Which attribute names occur in an image at all: what occurs nowhere need not be asked for file by file. */
#ifndef CFS_NAMES_H
#define CFS_NAMES_H

#include <pthread.h>
#include <stdbool.h>

#include "image.h"

struct names {
	pthread_mutex_t lock;
	bool known;
	/* All true where the image could not be read to its end. */
	bool any;
	bool acl;
	bool selinux;
};

void names_init(struct names *names);

/* Reads all of the image, once, when it is first asked. */
void names_learn(struct names *names, const struct image *img);

#endif
