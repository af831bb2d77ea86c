/* One decoded inode of an image, and its data. */
#ifndef CFS_INODE_H
#define CFS_INODE_H

#include <stdbool.h>
#include <stdint.h>

#include "image.h"

enum inode_layout {
	LAYOUT_PLAIN = 0,  /* data in whole blocks */
	LAYOUT_INLINE = 2, /* data in whole blocks, the rest directly after the inode */
	LAYOUT_OBJECT = 4, /* data in an object of the store */
};

struct inode {
	uint64_t nid;
	uint64_t size_bytes;
	int64_t mtime_sec;
	uint32_t mtime_nsec;
	uint32_t mode;
	uint32_t nlink;
	uint32_t uid;
	uint32_t gid;
	/* The kernel's 32-bit device number; 0 for other types. */
	uint32_t rdev;
	enum inode_layout layout;
	uint64_t xattrs_at;
	uint32_t xattrs_bytes;
	uint64_t blocks_at;
	uint64_t tail_at;
};

/* 0, or -EUCLEAN for an invalid number or inode. */
int inode_read(const struct image *img, uint64_t nid, struct inode *inode);

bool inode_is_dir(const struct inode *inode);

/* A whiteout as overlayfs defines it: a char device 0:0. */
bool inode_is_whiteout(const struct inode *inode);

/*
 * The contiguous data at `offset`. `bytes` is the number wanted, and becomes the number available, at least 1. NULL if
 * the offset is at or after the end, or the image does not hold the data.
 */
const uint8_t *inode_bytes(const struct image *img, const struct inode *inode, uint64_t offset, uint64_t *bytes);

/* A symlink's target, not terminated. 0, -EINVAL for other types, -EUCLEAN. */
int inode_target(const struct image *img, const struct inode *inode, const char **target, uint32_t *bytes);

#endif
