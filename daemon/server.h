/*
 * What all loops of one mount share and only read, what the mount learns while it lives, and what passes between a loop
 * and the handlers of requests.
 */
#ifndef CFS_SERVER_H
#define CFS_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backing.h"
#include "fuse_abi.h"
#include "image.h"
#include "log.h"
#include "names.h"
#include "objects.h"
#include "stats.h"
#include "xattr.h"

/* The largest body of a reply: one READ. */
#define REPLY_BODY_BYTES (1024u * 1024u)

/* Set by INIT, before anything else is served; the rest guards itself. */
struct learned {
	bool initialized;
	bool acls;
	bool passthrough;
	bool uring;
	struct names names;
	struct backing backing;
	/* The inode of the last complaint: a file read in pieces is worth one line. */
	_Atomic uint64_t complained;
};

struct server {
	struct image image;
	struct objects objects;
	struct stats stats;
	struct log log;
	/* The kernel lets only the initial user namespace read trusted attributes: elsewhere listing them would mislead. */
	bool lists_trusted;
	/* Attribute names that occur nowhere in the image are said not to be supported, rather than not to be there. */
	bool says_unsupported;
	bool wants_passthrough;
	bool wants_uring;
	/* What cannot be had as wanted is an error, rather than done in another way. */
	bool strict;
	/* For an overlayfs above: its attributes and its whiteouts are shown, and contents are not served. */
	enum xattr_view view;
	uint32_t reply_bytes;
	struct learned *learned;
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
handler serve_open, serve_release, serve_read;

#endif
