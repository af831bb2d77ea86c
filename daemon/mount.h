/* The mount that this server serves. */
#ifndef CFS_MOUNT_H
#define CFS_MOUNT_H

#include <stdint.h>

/* What is mounted topmost at a path. */
struct mount_place {
	/* 0 if the kernel does not report it. Before Linux 6.8 another mount may get it after an unmount. */
	uint64_t id;
	/* Device number: no other file system has it while this one lives. */
	uint64_t device;
};

struct mount {
	int device_fd;
	/* Absolute. */
	char *at;
	struct mount_place place;
};

/* `source` is shown in mountinfo. 0 or -errno, with the reason in `why`. */
int mount_open(struct mount *mount, const char *source, const char *at, const char **why);

/* Detaches this mount, but no mount above it. 0 or -errno; -ENOENT if it is not the topmost mount any more. */
int mount_detach(const struct mount *mount);

void mount_close(struct mount *mount);

#endif
