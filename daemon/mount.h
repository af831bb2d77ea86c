/* The mount that this server serves. */
#ifndef CFS_MOUNT_H
#define CFS_MOUNT_H

#include <stdint.h>

struct mount {
	int device_fd;
	/* Absolute. */
	char *at;
	/* 0 if the kernel does not report it. */
	uint64_t mount_id;
};

/* `source` is shown in mountinfo. 0 or -errno, with the reason in `why`. */
int mount_open(struct mount *mount, const char *source, const char *at, const char **why);

/* Detaches this mount, but no mount above it. 0 or -errno; -ENOENT if it is not the topmost mount any more. */
int mount_detach(const struct mount *mount);

void mount_close(struct mount *mount);

#endif
