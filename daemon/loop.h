/* One thread's work: read a request, serve it, write the reply. */
#ifndef CFS_LOOP_H
#define CFS_LOOP_H

#include "server.h"
#include "wait.h"

struct loop {
	int device_fd;
	struct wait wait;
	uint8_t *request;
	uint8_t *reply;
};

/*
 * The caller keeps `device_fd`. Before it sleeps, the loop polls for the next request as `spin` says. 0 or -ENOMEM.
 */
int loop_open(struct loop *loop, uint32_t reply_bytes, int device_fd, struct spin spin);

/* Serves at most one request. 0, also if the read was interrupted or would block; -ENODEV after the unmount; else -errno. */
int loop_step(struct loop *loop, const struct server *server);

/* Serves until the unmount. 0 or -errno. */
int loop_run(struct loop *loop, const struct server *server);

void loop_close(struct loop *loop);

#endif
