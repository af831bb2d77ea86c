/* FUSE over io_uring: rings shared with the kernel, one queue and one thread per CPU. */
#ifndef CFS_URING_H
#define CFS_URING_H

#include "mount.h"
#include "server.h"

/*
 * Serves until the unmount. 0 or -errno. INIT must have negotiated FUSE over io_uring. A queue that fails detaches the mount
 * and ends the process.
 */
int uring_run(const struct server *server, const struct mount *mount);

#endif
