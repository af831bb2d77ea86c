/*
 * Inodes in their two on-disk forms, 32 and 64 bytes.
 *
 * Source: fs/erofs/erofs_fs.h (struct erofs_inode_compact, struct erofs_inode_extended, union erofs_inode_i_u).
 */
#include "inode.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"

#define COMPACT_BYTES 32u
#define EXTENDED_BYTES 64u
#define FORMAT_EXTENDED 1u
#define XATTR_HEAD_BYTES 12u
#define XATTR_UNIT_BYTES 4u

static void decode_compact(const struct image *img, const uint8_t *at, struct inode *inode)
{
	inode->nlink = le16(at + 6);
	inode->size_bytes = le32(at + 8);
	inode->uid = le16(at + 24);
	inode->gid = le16(at + 26);
	inode->mtime_sec = img->build_sec;
	inode->mtime_nsec = img->build_nsec;
}

static void decode_extended(const uint8_t *at, struct inode *inode)
{
	inode->size_bytes = le64(at + 8);
	inode->uid = le32(at + 24);
	inode->gid = le32(at + 28);
	inode->mtime_sec = (int64_t)le64(at + 32);
	inode->mtime_nsec = le32(at + 40);
	inode->nlink = le32(at + 44);
}

/* Only regular files can have an object. */
static int check_shape(const struct inode *inode)
{
	switch (inode->mode & S_IFMT) {
	case S_IFREG:
		return inode->size_bytes > INT64_MAX ? -EUCLEAN : 0;
	case S_IFDIR:
	case S_IFLNK:
		return inode->layout == LAYOUT_OBJECT || inode->size_bytes > INT64_MAX ? -EUCLEAN : 0;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	default:
		return -EUCLEAN;
	}
}

int inode_read(const struct image *img, uint64_t nid, struct inode *inode)
{
	const uint8_t *at;
	uint64_t start, body;
	uint32_t format, xattr_count, unit;

	if (nid < IMAGE_HEAD_BYTES / IMAGE_SLOT_BYTES || nid > img->size_bytes / IMAGE_SLOT_BYTES)
		return -EUCLEAN;
	start = nid * IMAGE_SLOT_BYTES;
	at = image_at(img, start, COMPACT_BYTES);
	if (at == NULL)
		return -EUCLEAN;
	format = le16(at);
	body = format & FORMAT_EXTENDED ? EXTENDED_BYTES : COMPACT_BYTES;
	at = image_at(img, start, body);
	if (at == NULL)
		return -EUCLEAN;
	/* composefs images use neither bits above the layout nor layouts of compressed files. */
	if (format >> 1 != LAYOUT_PLAIN && format >> 1 != LAYOUT_INLINE && format >> 1 != LAYOUT_OBJECT)
		return -EUCLEAN;
	*inode = (struct inode){ .nid = nid, .mode = le16(at + 4), .layout = (enum inode_layout)(format >> 1) };
	if (format & FORMAT_EXTENDED)
		decode_extended(at, inode);
	else
		decode_compact(img, at, inode);
	xattr_count = le16(at + 2);
	inode->xattrs_at = start + body;
	inode->xattrs_bytes = xattr_count == 0 ? 0 : XATTR_HEAD_BYTES + (xattr_count - 1) * XATTR_UNIT_BYTES;
	inode->tail_at = inode->xattrs_at + inode->xattrs_bytes;
	unit = le32(at + 16);
	if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode))
		inode->rdev = unit;
	else
		inode->blocks_at = (uint64_t)unit * IMAGE_BLOCK_BYTES;
	return check_shape(inode);
}

bool inode_is_dir(const struct inode *inode)
{
	return S_ISDIR(inode->mode);
}

bool inode_is_whiteout(const struct inode *inode)
{
	return S_ISCHR(inode->mode) && inode->rdev == 0;
}

const uint8_t *inode_bytes(const struct image *img, const struct inode *inode, uint64_t offset, uint64_t *bytes)
{
	uint64_t blocks_bytes = inode->size_bytes;
	uint64_t left;

	if (inode->layout == LAYOUT_OBJECT || offset >= inode->size_bytes)
		return NULL;
	if (inode->layout == LAYOUT_INLINE)
		blocks_bytes -= blocks_bytes % IMAGE_BLOCK_BYTES;
	left = (offset < blocks_bytes ? blocks_bytes : inode->size_bytes) - offset;
	if (*bytes > left)
		*bytes = left;
	if (offset < blocks_bytes)
		return image_at(img, inode->blocks_at + offset, *bytes);
	return image_at(img, inode->tail_at + (offset - blocks_bytes), *bytes);
}

int inode_target(const struct image *img, const struct inode *inode, const char **target, uint32_t *bytes)
{
	uint64_t found = inode->size_bytes;
	const uint8_t *at;

	if (!S_ISLNK(inode->mode))
		return -EINVAL;
	if (inode->size_bytes == 0 || inode->size_bytes >= PATH_MAX)
		return -EUCLEAN;
	at = inode_bytes(img, inode, 0, &found);
	/* A valid target is contiguous and has no zero byte. */
	if (at == NULL || found != inode->size_bytes || memchr(at, 0, found) != NULL)
		return -EUCLEAN;
	*target = (const char *)at;
	*bytes = (uint32_t)found;
	return 0;
}
