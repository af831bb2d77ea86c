/*
 * Source: Documentation/filesystems/fsverity.rst (FS_IOC_MEASURE_VERITY); fs/overlayfs/overlayfs.h (struct ovl_metacopy).
 */
#include "verity.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include "bytes.h"
#include "xattr.h"

/* struct fsverity_digest: algorithm, size of the digest, digest. Older headers lack it. */
#define MEASURE_VERITY _IOC(_IOC_READ | _IOC_WRITE, 'f', 134, 4)
#define ALGORITHM_SHA256 1

struct measured {
	uint16_t algorithm;
	uint16_t bytes;
	uint8_t digest[64];
};

/* struct ovl_metacopy: version, length, flags, algorithm, digest. */
#define METACOPY "trusted.overlay.metacopy"
#define METACOPY_HEAD_BYTES 4u

/* Elsewhere the answer need not be the kernel's own: FUSE passes the question on to its server. */
static bool is_verified_by_kernel(int fd)
{
	struct statfs found;

	if (fstatfs(fd, &found) != 0)
		return false;
	switch ((uint32_t)found.f_type) {
	case EXT4_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

int verity_measure(int fd, uint8_t digest[VERITY_DIGEST_BYTES])
{
	struct measured measured = { .bytes = sizeof(measured.digest) };

	if (!is_verified_by_kernel(fd))
		return -EOPNOTSUPP;
	if (ioctl(fd, MEASURE_VERITY, &measured) != 0)
		return errno == ENOTTY ? -EOPNOTSUPP : -errno;
	if (measured.algorithm != ALGORITHM_SHA256 || measured.bytes != VERITY_DIGEST_BYTES)
		return -EOPNOTSUPP;
	memcpy(digest, measured.digest, VERITY_DIGEST_BYTES);
	return 0;
}

/* In either case. */
static int any_digit(char c)
{
	return hex_digit(c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c);
}

bool verity_parse(const char *text, uint8_t digest[VERITY_DIGEST_BYTES])
{
	for (int i = 0; i < VERITY_DIGEST_BYTES; i++) {
		int high = any_digit(text[2 * i]);
		int low = high < 0 ? -1 : any_digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * VERITY_DIGEST_BYTES] == 0;
}

int verity_of_inode(const struct image *img, const struct inode *inode, const uint8_t **digest)
{
	struct xattr found;
	int err = xattr_find(img, inode, VIEW_LAYER, METACOPY, sizeof(METACOPY) - 1, &found);

	if (err != 0)
		return err;
	/* Without a digest the attribute is empty or has a head only. */
	if (found.value_bytes != METACOPY_HEAD_BYTES + VERITY_DIGEST_BYTES || found.value[0] != 0 ||
	    found.value[1] != found.value_bytes || found.value[3] != ALGORITHM_SHA256)
		return -ENODATA;
	*digest = found.value + METACOPY_HEAD_BYTES;
	return 0;
}
