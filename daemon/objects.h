/* The content-addressed store: folders that are searched in order for an object. */
#ifndef CFS_OBJECTS_H
#define CFS_OBJECTS_H

#include <stdint.h>

#define OBJECT_DIRS_MAX 32

struct objects {
	int dir_fds[OBJECT_DIRS_MAX];
	int count;
};

/* 0 or -errno; -E2BIG when there are too many. */
int objects_add(struct objects *objects, const char *dir);

void objects_close(struct objects *objects);

/*
 * Opens an object for reading, beneath its folder only: symlinks and `..` are refused. `path` need not be terminated
 * and is shorter than PATH_MAX. A descriptor or -errno.
 */
int objects_open(const struct objects *objects, const char *path, uint32_t path_bytes);

#endif
