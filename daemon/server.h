/*
 * What all loops of one mount share and only read, and what passes between a loop and the handlers of requests.
 */
#ifndef CFS_SERVER_H
#define CFS_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "fuse_abi.h"
#include "image.h"
#include "log.h"
#include "objects.h"
#include "stats.h"

/* The largest body of a reply: one READ. */
#define REPLY_BODY_BYTES (1024u * 1024u)

struct server {
	struct image image;
	struct objects objects;
	struct stats stats;
	struct log log;
	/* The kernel lets only the initial user namespace read trusted attributes: elsewhere listing them would mislead. */
	bool lists_trusted;
};

struct request {
	const struct fuse_in_header *head;
	const uint8_t *body;
	uint32_t body_bytes;
};

struct reply {
	uint8_t *body;
	uint32_t room_bytes;
};

/* Bytes of the reply's body, or -errno. */
typedef int handler(const struct server *server, const struct request *request, struct reply *reply);

handler serve_init;
handler serve_lookup, serve_getattr, serve_readlink, serve_statfs;
handler serve_readdir, serve_readdirplus;
handler serve_getxattr, serve_listxattr;
handler serve_read;

#endif
