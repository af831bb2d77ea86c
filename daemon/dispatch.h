/* From the bytes of one request to the body of its reply; knows nothing of how they travel. */
#ifndef CFS_DISPATCH_H
#define CFS_DISPATCH_H

#include "server.h"

/* Requests that carry no file data are far smaller; the kernel refuses to fill less than 8 KiB. */
#define REQUEST_BYTES 16384u

struct answer {
	/* FORGET and INTERRUPT must not be answered. */
	bool wanted;
	/* Bytes of the body, or -errno. */
	int result;
};

/* `request` is aligned for 64-bit words; `body` has room for server->reply_bytes. 0, or -EPROTO when it is no request. */
int dispatch(const struct server *server, const uint8_t *request, uint32_t bytes, uint8_t *body,
	     struct answer *answer);

/* The head of the reply. */
struct fuse_out_header answer_head(uint64_t unique, int result);

#endif
