/* Turns one request into the body of its reply, independent of the transport. */
#ifndef CFS_DISPATCH_H
#define CFS_DISPATCH_H

#include "server.h"

/* Requests without file data are far smaller, but the kernel needs a buffer of at least 8 KiB. */
#define REQUEST_BYTES 16384u

struct outcome {
	/* False for FORGET and INTERRUPT. */
	bool needs_reply;
	/* Bytes of the body, or -errno. */
	int result;
};

/* `request` is 64-bit aligned; `body` has room for server->reply_bytes. 0, or -EPROTO if the request is too short. */
int dispatch(const struct server *server, const uint8_t *request, uint32_t bytes, uint8_t *body,
	     struct outcome *outcome);

/* The header of the reply. */
struct fuse_out_header reply_header(uint64_t unique, int result);

#endif
