/* What this server and the kernel agree on before anything else. */
#include <errno.h>
#include <string.h>

#include "nodes.h"

/*
 * What an image that never changes can offer. Without READDIRPLUS_AUTO the kernel always asks for entries with their
 * attributes, which costs fewer requests in every walk. With POSIX_ACL, added unless ACLs are to be called unsupported, it
 * remembers which inodes have none and, in user namespaces, says that they have none instead of that there is no such
 * thing.
 */
#define WANTED                                                                                                       \
	((uint32_t)(FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS | FUSE_MAX_PAGES | FUSE_DO_READDIRPLUS |                  \
		    FUSE_CACHE_SYMLINKS | FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT | FUSE_EXPLICIT_INVAL_DATA | \
		    FUSE_EXPORT_SUPPORT))
/* Without these, files and directories could not be read without being opened here first. */
#define REQUIRED ((uint32_t)(FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT))

#define PAGE_BYTES 4096u
#define BACKGROUND_REQUESTS 64

/* One file system below the mount: objects of a store that is itself stacked are refused, an overlayfs above is not. */
#define STACK_DEPTH 1

static uint64_t wanted(const struct server *server)
{
	bool acls = !server->says_unsupported || server->image.has_acls;

	return WANTED | (acls ? FUSE_POSIX_ACL : 0) | (server->wants_passthrough ? ABI_PASSTHROUGH : 0) |
	       (server->wants_uring ? ABI_OVER_IO_URING : 0);
}

int serve_init(const struct server *server, const struct request *request, struct reply *reply)
{
	struct abi_init_out out = {
		.major = FUSE_ABI_MAJOR,
		.max_background = BACKGROUND_REQUESTS,
		.congestion_threshold = BACKGROUND_REQUESTS * 3 / 4,
		.max_write = PAGE_BYTES,
		.time_gran = 1,
		.max_pages = (uint16_t)(server->reply_bytes / PAGE_BYTES),
	};
	const uint32_t head_bytes = 16; /* the four words that every kernel sends */
	struct abi_init_in in = { 0 };
	uint64_t offered, taken;

	if (request_head(request, head_bytes) == NULL)
		return -EINVAL;
	memcpy(&in, request->body, request->body_bytes < sizeof(in) ? request->body_bytes : sizeof(in));
	if (in.major != FUSE_ABI_MAJOR || in.minor < FUSE_ABI_MINOR_MIN || (in.flags & REQUIRED) != REQUIRED) {
		log_line(&server->log, "mount: the kernel's FUSE protocol %u.%u is too old: Linux 5.1 is the first that fits",
			 in.major, in.minor);
		return -EPROTO;
	}
	offered = in.flags | (in.flags & ABI_INIT_EXT ? (uint64_t)in.flags2 << 32 : 0);
	taken = offered & wanted(server);
	if (taken >> 32 != 0)
		taken |= ABI_INIT_EXT;
	out.minor = in.minor < FUSE_ABI_MINOR ? in.minor : FUSE_ABI_MINOR;
	out.flags = (uint32_t)taken;
	out.flags2 = (uint32_t)(taken >> 32);
	out.max_readahead = in.max_readahead;
	out.max_stack_depth = taken & ABI_PASSTHROUGH ? STACK_DEPTH : 0;
	server->learned->acls = (taken & FUSE_POSIX_ACL) != 0;
	server->learned->passthrough = (taken & ABI_PASSTHROUGH) != 0;
	server->learned->uring = (taken & ABI_OVER_IO_URING) != 0;
	server->learned->initialized = true;
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}
