/* One mount: its image, objects, state and device. */
#ifndef CFS_SESSION_H
#define CFS_SESSION_H

#include <limits.h>

#include "mount.h"
#include "options.h"
#include "server.h"

struct session {
	struct server server;
	struct mount_state mount_state;
	struct mount mount;
};

struct session_parts {
	const char *image;
	const char *mount_point;
	const char *const *object_dirs;
	int object_dir_count;
	const char *stats;
};

/* A path and what is wrong with it. */
#define SESSION_WHY_BYTES (PATH_MAX + 512)

/*
 * Mounts and negotiates the protocol; requests can then be served. 0, or -1 with a message in `why` and nothing left
 * behind.
 */
int session_open(struct session *session, const struct options *options, const struct log *log,
		 const struct session_parts *parts, char why[SESSION_WHY_BYTES]);

/* Call it after the unmount; it does not detach the mount. */
void session_close(struct session *session);

#endif
