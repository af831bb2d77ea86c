/* Requests and replies through rings shared with the kernel, a queue and a thread for each CPU. */
#ifndef CFS_URING_H
#define CFS_URING_H

#include "server.h"

/* Serves until the file system is gone: 0. Any other end is -errno. INIT has been answered, and the kernel offered it. */
int uring_run(const struct server *server, int device_fd);

#endif
