/* One inode of an image, decoded, and the bytes that belong to it. */
#ifndef CFS_INODE_H
#define CFS_INODE_H

#include <stdbool.h>
#include <stdint.h>

#include "image.h"

enum inode_layout {
	LAYOUT_PLAIN = 0,  /* all of it in whole blocks */
	LAYOUT_INLINE = 2, /* whole blocks, the rest directly behind the inode */
	LAYOUT_OBJECT = 4, /* no bytes here: an object of the store holds them */
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
	/* As the kernel encodes device numbers in 32 bits; 0 for everything but devices. */
	uint32_t rdev;
	enum inode_layout layout;
	uint64_t xattrs_at;
	uint32_t xattrs_bytes;
	uint64_t blocks_at;
	uint64_t tail_at;
};

/* 0, or -EUCLEAN when the number or what is there cannot be. */
int inode_read(const struct image *img, uint64_t nid, struct inode *inode);

bool inode_is_dir(const struct inode *inode);

/* A whiteout by overlayfs's rule: a char device 0:0. It hides its own name, whatever the rest of it says. */
bool inode_is_whiteout(const struct inode *inode);

/*
 * The bytes from `offset` on that lie in one piece. `bytes` is how many are wanted and becomes how many there are,
 * at least one. NULL when the offset is beyond the end or the image does not hold them.
 */
const uint8_t *inode_bytes(const struct image *img, const struct inode *inode, uint64_t offset, uint64_t *bytes);

/* A symlink's target, not terminated. 0, -EINVAL for other types, -EUCLEAN. */
int inode_target(const struct image *img, const struct inode *inode, const char **target, uint32_t *bytes);

#endif
