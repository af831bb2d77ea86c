/* What this server and the kernel agree on before anything else. */
#include <errno.h>
#include <string.h>

#include "nodes.h"

/*
 * What an image that never changes can offer. Without READDIRPLUS_AUTO the kernel always asks for entries with their
 * attributes, which costs fewer requests in every walk. With POSIX_ACL it remembers which inodes have none and, in user
 * namespaces, says that they have none instead of that there is no such thing.
 */
#define WANTED                                                                                                       \
	((uint32_t)(FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS | FUSE_MAX_PAGES | FUSE_DO_READDIRPLUS |                  \
		    FUSE_CACHE_SYMLINKS | FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT | FUSE_EXPLICIT_INVAL_DATA | \
		    FUSE_EXPORT_SUPPORT | FUSE_POSIX_ACL))
/* Without these, files and directories could not be read without being opened here first. */
#define REQUIRED ((uint32_t)(FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT))

#define PAGE_BYTES 4096u
#define BACKGROUND_REQUESTS 64

int serve_init(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_init_out out = {
		.major = FUSE_ABI_MAJOR,
		.max_background = BACKGROUND_REQUESTS,
		.congestion_threshold = BACKGROUND_REQUESTS * 3 / 4,
		.max_write = PAGE_BYTES,
		.time_gran = 1,
		.max_pages = REPLY_BODY_BYTES / PAGE_BYTES,
	};
	const uint32_t head_bytes = 16; /* the four words that every kernel sends */
	struct fuse_init_in in = { 0 };

	if (request_head(request, head_bytes) == NULL)
		return -EINVAL;
	memcpy(&in, request->body, head_bytes);
	if (in.major != FUSE_ABI_MAJOR || in.minor < FUSE_ABI_MINOR_MIN || (in.flags & REQUIRED) != REQUIRED) {
		log_line(&server->log, "mount: the kernel's FUSE protocol %u.%u is too old: Linux 5.1 is the first that fits",
			 in.major, in.minor);
		return -EPROTO;
	}
	out.minor = in.minor < FUSE_ABI_MINOR ? in.minor : FUSE_ABI_MINOR;
	out.flags = in.flags & WANTED;
	out.max_readahead = in.max_readahead;
	memcpy(reply->body, &out, sizeof(out));
	return sizeof(out);
}
