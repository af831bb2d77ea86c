/* One thread's work: read a request, serve it, write the reply. */
#ifndef CFS_LOOP_H
#define CFS_LOOP_H

#include "server.h"

struct loop {
	int device_fd;
	uint64_t spin_ns;
	uint8_t *request;
	uint8_t *reply;
};

/*
 * `device_fd` stays the caller's. Before it sleeps, the loop asks for the next request over and over for as long as
 * `spin_us`: 0 where the client would have to wait for the same CPU. 0 or -ENOMEM.
 */
int loop_open(struct loop *loop, uint32_t reply_bytes, int device_fd, uint32_t spin_us);

/* One request, or none where the read was interrupted or would block: 0. The file system is gone: -ENODEV. Else -errno. */
int loop_step(struct loop *loop, const struct server *server);

/* Serves until the file system is gone: 0. Any other end is -errno. */
int loop_run(struct loop *loop, const struct server *server);

void loop_close(struct loop *loop);

#endif
