/*
 * The kernel's FUSE protocol, with definitions that older distributions' headers lack.
 *
 * Source: include/uapi/linux/fuse.h; each number and each structure is part of the kernel's stable ABI.
 */
#ifndef CFS_FUSE_ABI_H
#define CFS_FUSE_ABI_H

#include <assert.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <sys/ioctl.h>

#ifndef FUSE_MAX_PAGES
#define FUSE_MAX_PAGES (1 << 22)
#endif
#ifndef FUSE_CACHE_SYMLINKS
#define FUSE_CACHE_SYMLINKS (1 << 23)
#endif
#ifndef FUSE_NO_OPENDIR_SUPPORT
#define FUSE_NO_OPENDIR_SUPPORT (1 << 24)
#endif
#ifndef FUSE_EXPLICIT_INVAL_DATA
#define FUSE_EXPLICIT_INVAL_DATA (1 << 25)
#endif

/* Flags of INIT. Bits from 32 on are sent in a second word, which bit 30 announces. */
#define ABI_INIT_EXT (UINT64_C(1) << 30)
#define ABI_PASSTHROUGH (UINT64_C(1) << 37)
#define ABI_OVER_IO_URING (UINT64_C(1) << 41)

#define ABI_OPEN_KEEP_CACHE (1u << 1)
#define ABI_OPEN_NOFLUSH (1u << 5)
#define ABI_OPEN_PASSTHROUGH (1u << 7)

#define FUSE_ABI_MAJOR 7u
/* The newest minor version that this server supports. */
#define FUSE_ABI_MINOR 42u
/* Linux 5.1, the first version that remembers that OPENDIR is not needed. Test builds refuse every kernel. */
#ifndef FUSE_ABI_MINOR_MIN
#define FUSE_ABI_MINOR_MIN 29u
#endif

struct abi_init_in {
	uint32_t major;
	uint32_t minor;
	uint32_t max_readahead;
	uint32_t flags;
	uint32_t flags2;
	uint32_t unused[11];
};

struct abi_init_out {
	uint32_t major;
	uint32_t minor;
	uint32_t max_readahead;
	uint32_t flags;
	uint16_t max_background;
	uint16_t congestion_threshold;
	uint32_t max_write;
	uint32_t time_gran;
	uint16_t max_pages;
	uint16_t map_alignment;
	uint32_t flags2;
	uint32_t max_stack_depth;
	uint32_t unused[6];
};

struct abi_open_out {
	uint64_t fh;
	uint32_t open_flags;
	int32_t backing_id;
};

struct abi_backing_map {
	int32_t fd;
	uint32_t flags;
	uint64_t padding;
};

static_assert(sizeof(struct abi_init_out) == 64, "the reply to INIT has 64 bytes");
static_assert(sizeof(struct abi_open_out) == 16, "the reply to OPEN has 16 bytes");

#define ABI_DEV_CLONE _IOR(229, 0, uint32_t)
#define ABI_DEV_BACKING_OPEN _IOW(229, 1, struct abi_backing_map)

/* Requests over io_uring: registration, then one command that sends a reply and fetches the next request. */
#define ABI_URING_REGISTER 1u
#define ABI_URING_COMMIT_AND_FETCH 2u

struct abi_uring_entry {
	uint64_t flags;
	uint64_t commit_id;
	uint32_t payload_bytes;
	uint32_t padding;
	uint64_t reserved;
};

struct abi_uring_header {
	/* A request's head, then the reply's. */
	uint8_t in_out[128];
	/* The fixed-size part of a request; names and data are in the payload. */
	uint8_t operation[128];
	struct abi_uring_entry entry;
};

struct abi_uring_command {
	uint64_t flags;
	uint64_t commit_id;
	uint16_t queue;
	uint8_t padding[6];
};

static_assert(sizeof(struct abi_uring_header) == 288, "the kernel checks this size");

#endif
