/*
 * A read-only view of one composefs image, independent of FUSE.
 *
 * All accesses go through image_at(), the only bounds check.
 */
#ifndef CFS_IMAGE_H
#define CFS_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#define IMAGE_BLOCK_BYTES 4096u
#define IMAGE_SLOT_BYTES 32u
/* The composefs header, the gap and the superblock. */
#define IMAGE_HEAD_BYTES 1152u

struct image {
	const uint8_t *data;
	uint64_t size_bytes;
	uint64_t root_nid;
	uint64_t inode_count;
	uint64_t block_count;
	/* Base of the addresses of shared attributes. */
	uint64_t shared_xattrs_at;
	/* Some inode has an ACL. */
	bool has_acls;
	/* Modification time of all compact inodes. */
	int64_t build_sec;
	uint32_t build_nsec;
};

/*
 * Maps the file and reads its head. Returns -errno, or -EUCLEAN for invalid bytes; `why` is then the predicate of a
 * message about the image.
 */
int image_open(struct image *img, const char *path, const char **why);

/* The same of a file that is open with IMAGE_FLAGS; the caller closes it. */
int image_map(struct image *img, int fd, const char **why);

/* O_NONBLOCK: a fifo must not block. */
#define IMAGE_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK)

/* The same for bytes already in memory, which must outlive the image. */
int image_from_bytes(struct image *img, const void *data, uint64_t size_bytes, const char **why);

void image_close(struct image *img);

/* Start of `bytes` bytes at `offset`, or NULL if any of them lies outside. */
const uint8_t *image_at(const struct image *img, uint64_t offset, uint64_t bytes);

#endif
