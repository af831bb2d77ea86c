/*
 * The read-only parts that all loops of one mount share, the mount's mutable state, and the interface between loops and
 * request handlers.
 */
#ifndef CFS_SERVER_H
#define CFS_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backing.h"
#include "fetch.h"
#include "fuse_abi.h"
#include "image.h"
#include "log.h"
#include "names.h"
#include "objects.h"
#include "stats.h"
#include "xattr.h"

/* The largest body of a reply: one READ. Whole pages on every machine, which has pages of at most 64 KiB. */
#define REPLY_BODY_BYTES (1024u * 1024u)

/* The flags are set by INIT, before other requests; the other members have their own locks or are atomic. */
struct mount_state {
	bool initialized;
	/* INIT was answered with an error: the kernel sends no request any more. */
	bool refused;
	bool acls;
	bool passthrough;
	bool uring;
	struct names names;
	struct backing backing;
	/* The inode of the last reported error. */
	_Atomic uint64_t last_reported;
	_Atomic uint64_t reports;
};

struct server {
	struct image image;
	struct objects objects;
	struct fetch fetch;
	struct stats stats;
	struct log log;
	/* Only in the initial user namespace, where the kernel allows reads of trusted attributes. */
	bool lists_trusted;
	enum xattr_mode xattr;
	bool wants_passthrough;
	bool wants_uring;
	/* Unavailable passthrough is an error; there is no fallback. */
	bool strict;
	/* Serve only objects whose fs-verity digest is the one that the image has for them. */
	bool requires_verity;
	/* For an overlayfs above: show its attributes and whiteouts, do not serve contents. */
	enum xattr_view view;
	uint32_t reply_bytes;
	struct mount_state *mount_state;
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

/* Returns the size of the reply's body, or -errno. */
typedef int handler(const struct server *server, const struct request *request, struct reply *reply);

handler serve_init;
handler serve_lookup, serve_getattr, serve_readlink, serve_statfs;
handler serve_readdir, serve_readdirplus;
handler serve_getxattr, serve_listxattr;
handler serve_open, serve_release, serve_read;

#endif
