/* The object store: folders that are searched in order. */
#ifndef CFS_OBJECTS_H
#define CFS_OBJECTS_H

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>

#define OBJECT_DIRS_MAX 32
/* The error for a name under which the folders have files of other types only. */
#define OBJECTS_NOT_REGULAR EMEDIUMTYPE

struct objects {
	int dir_fds[OBJECT_DIRS_MAX];
	int count;
};

/* 0 or -errno; -E2BIG if there are too many. */
int objects_add(struct objects *objects, const char *dir);

void objects_close(struct objects *objects);

/*
 * Opens an object for reading, only beneath its folder: symlinks and `..` are refused. The first regular file of the name is the object,
 * whatever its size, as in the data-only layers of overlayfs. `path` need not be terminated and must be shorter than PATH_MAX. A descriptor,
 * whose attributes are in `st`, or -errno.
 */
int objects_open(const struct objects *objects, const char *path, uint32_t path_bytes, struct stat *st);

#endif
