/* INIT: negotiates protocol version and flags. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "nodes.h"

/*
 * Flags for an image that never changes. Without READDIRPLUS_AUTO the kernel always requests entries with attributes,
 * which saves requests in walks. With POSIX_ACL, set unless ACLs are reported as unsupported, the kernel caches which
 * inodes have no ACL and, in user namespaces, reports ENODATA instead of EOPNOTSUPP.
 */
#define WANTED                                                                                                       \
	((uint32_t)(FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS | FUSE_MAX_PAGES | FUSE_DO_READDIRPLUS |                  \
		    FUSE_CACHE_SYMLINKS | FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT | FUSE_EXPLICIT_INVAL_DATA | \
		    FUSE_EXPORT_SUPPORT))
/* Needed so that files and directories can be read without OPEN and OPENDIR. */
#define REQUIRED ((uint32_t)(FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT))

/* Images are read-only; the kernel takes no less. */
#define WRITE_BYTES 4096u
#define BACKGROUND_REQUESTS 64

/* Depth 1: the kernel refuses objects on a stacked file system, but allows an overlayfs above the mount. */
#define STACK_DEPTH 1

static uint64_t wanted(const struct server *server)
{
	bool acls = server->xattr == XATTR_FULL || server->image.has_acls;

	return WANTED | (acls ? FUSE_POSIX_ACL : 0) | (server->wants_passthrough ? ABI_PASSTHROUGH : 0) |
	       (server->wants_uring ? ABI_OVER_IO_URING : 0);
}

static int refuse(const struct server *server, int err)
{
	server->mount_state->refused = true;
	return err;
}

int serve_init(const struct server *server, const struct request *request, struct reply *reply)
{
	struct abi_init_out out = {
		.major = FUSE_ABI_MAJOR,
		.max_background = BACKGROUND_REQUESTS,
		.congestion_threshold = BACKGROUND_REQUESTS * 3 / 4,
		.max_write = WRITE_BYTES,
		.time_gran = 1,
		/* Of the machine: the kernel would take what a larger read lacks for the end of the file. */
		.max_pages = (uint16_t)(server->reply_bytes / (uint32_t)sysconf(_SC_PAGESIZE)),
	};
	const uint32_t head_bytes = 16; /* the four words that all kernels send */
	struct abi_init_in in = { 0 };
	uint64_t offered, taken;

	if (request_head(request, head_bytes) == NULL)
		return refuse(server, -EINVAL);
	memcpy(&in, request->body, request->body_bytes < sizeof(in) ? request->body_bytes : sizeof(in));
	if (in.major != FUSE_ABI_MAJOR || in.minor < FUSE_ABI_MINOR_MIN || (in.flags & REQUIRED) != REQUIRED) {
		log_line(&server->log, "mount: the kernel's FUSE protocol %u.%u is too old; Linux 5.1 or later is needed",
			 in.major, in.minor);
		return refuse(server, -EPROTO);
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
	server->mount_state->acls = (taken & FUSE_POSIX_ACL) != 0;
	server->mount_state->passthrough = (taken & ABI_PASSTHROUGH) != 0;
	server->mount_state->uring = (taken & ABI_OVER_IO_URING) != 0;
	server->mount_state->initialized = true;
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}
