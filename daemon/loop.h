/* One thread's work: read a request, serve it, write the reply. */
#ifndef CFS_LOOP_H
#define CFS_LOOP_H

#include "server.h"

/* Requests that carry no file data are far smaller; the kernel refuses less than 8 KiB. */
#define REQUEST_BYTES 16384u

struct loop {
	const struct server *server;
	int device_fd;
	uint8_t *request;
	uint8_t *reply;
};

/* `device_fd` stays the caller's. 0 or -ENOMEM. */
int loop_open(struct loop *loop, const struct server *server, int device_fd);

/* Serves until the file system is gone: 0. Any other end is -errno. */
int loop_run(struct loop *loop);

void loop_close(struct loop *loop);

#endif
