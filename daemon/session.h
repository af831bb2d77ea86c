/* One mount: its image, its objects, what it learned, and the device behind it. */
#ifndef CFS_SESSION_H
#define CFS_SESSION_H

#include "mount.h"
#include "options.h"
#include "server.h"

struct session {
	struct server server;
	struct learned learned;
	struct mount mount;
};

struct session_parts {
	const char *image;
	const char *mount_point;
	const char *const *object_dirs;
	int object_dir_count;
	const char *stats;
};

#define SESSION_WHY_BYTES 512

/*
 * Mounts, and agrees with the kernel on how to go on; requests then wait to be served. 0, or -1 with a sentence in `why`
 * and nothing left behind.
 */
int session_open(struct session *session, const struct options *options, const struct log *log,
		 const struct session_parts *parts, char why[SESSION_WHY_BYTES]);

/* Of a file system that is gone. Detaches nothing. */
void session_close(struct session *session);

#endif
