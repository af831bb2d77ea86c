/* The mount that this server stands behind. */
#ifndef CFS_MOUNT_H
#define CFS_MOUNT_H

#include <stdint.h>

struct mount {
	int device_fd;
	/* Absolute. */
	char *at;
	/* 0 where the kernel does not tell. */
	uint64_t mount_id;
};

/* `source` is what listings of mounts show. 0 or -errno, with `why` half a sentence for people. */
int mount_open(struct mount *mount, const char *source, const char *at, const char **why);

/* Detaches what was mounted, and nothing that others put above it. 0, or -errno; -ENOENT when it is already gone. */
int mount_detach(const struct mount *mount);

void mount_close(struct mount *mount);

#endif
