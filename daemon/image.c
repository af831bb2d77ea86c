/*
 * The composefs header and the EROFS superblock of an image.
 *
 * Needs:  a readable file, which is mapped, not copied.
 * Error:  truncating the file while it is mapped gives SIGBUS, as with any mapped file. Work inside `guarded` (guard.h) fails with -EIO.
 * Source: fs/erofs/erofs_fs.h (struct erofs_super_block); the composefs header of 32 bytes before it.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "inode.h"

#define COMPOSEFS_MAGIC 0xd078629au
#define COMPOSEFS_FORMAT 1u
#define COMPOSEFS_FLAG_ACL 1u
#define SUPERBLOCK_AT 1024u
#define SUPERBLOCK_BYTES 128u
#define EROFS_MAGIC 0xe0f5e1e2u
#define BLOCK_SIZE_BITS 12

const uint8_t *image_at(const struct image *img, uint64_t offset, uint64_t bytes)
{
	if (offset > img->size_bytes || bytes > img->size_bytes - offset)
		return NULL;
	return img->data + offset;
}

static int refuse(const char **why, const char *sentence)
{
	*why = sentence;
	return -EUCLEAN;
}

static int read_header(struct image *img, const char **why)
{
	const uint8_t *head = image_at(img, 0, 32);

	if (head == NULL)
		return refuse(why, "is too short for a composefs image");
	if (le32(head) != COMPOSEFS_MAGIC)
		return refuse(why, "is not a composefs image (magic number at its start)");
	if (le32(head + 4) != COMPOSEFS_FORMAT)
		return refuse(why, "has an unknown composefs format");
	if ((le32(head + 8) & ~COMPOSEFS_FLAG_ACL) != 0)
		return refuse(why, "has unknown composefs flags");
	img->has_acls = (le32(head + 8) & COMPOSEFS_FLAG_ACL) != 0;
	return 0;
}

static int read_superblock(struct image *img, const char **why)
{
	const uint8_t *sb = image_at(img, SUPERBLOCK_AT, SUPERBLOCK_BYTES);

	if (sb == NULL)
		return refuse(why, "ends inside its superblock");
	if (le32(sb) != EROFS_MAGIC)
		return refuse(why, "has no EROFS superblock");
	if (sb[12] != BLOCK_SIZE_BITS)
		return refuse(why, "has a block size other than 4096 bytes");
	if (le32(sb + 80) != 0)
		return refuse(why, "uses EROFS features that composefs images do not have");
	if (le32(sb + 40) != 0)
		return refuse(why, "does not keep its metadata at block 0");
	img->root_nid = le16(sb + 14);
	img->inode_count = le64(sb + 16);
	img->build_sec = (int64_t)le64(sb + 24);
	img->build_nsec = le32(sb + 32);
	img->block_count = le32(sb + 36);
	img->shared_xattrs_at = (uint64_t)le32(sb + 44) * IMAGE_BLOCK_BYTES;
	if (img->block_count * IMAGE_BLOCK_BYTES > img->size_bytes)
		return refuse(why, "is shorter than its superblock states");
	return 0;
}

int image_from_bytes(struct image *img, const void *data, uint64_t size_bytes, const char **why)
{
	struct inode root;
	int err;

	*img = (struct image){ .data = data, .size_bytes = size_bytes };
	err = read_header(img, why);
	if (err == 0)
		err = read_superblock(img, why);
	if (err != 0)
		return err;
	if (inode_read(img, img->root_nid, &root) != 0)
		return refuse(why, "has a damaged root directory");
	if (!inode_is_dir(&root))
		return refuse(why, "has a root that is not a directory");
	return 0;
}

int image_map(struct image *img, int fd, const char **why)
{
	struct stat st;
	void *data = MAP_FAILED;
	int err = 0;

	*img = (struct image){ 0 };
	*why = "cannot be read";
	if (fstat(fd, &st) != 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = refuse(why, "is not a regular file");
	else if (st.st_size == 0)
		err = refuse(why, "is empty");
	else if ((uint64_t)(size_t)st.st_size != (uint64_t)st.st_size)
		err = refuse(why, "is too large for this machine");
	if (err == 0) {
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			err = -errno;
		else
			/* A huge page would count 2 MiB of the cached image as memory of this process. */
			madvise(data, (size_t)st.st_size, MADV_NOHUGEPAGE);
	}
	if (err != 0)
		return err;
	err = image_from_bytes(img, data, (uint64_t)st.st_size, why);
	if (err != 0)
		image_close(img);
	return err;
}

int image_open(struct image *img, const char *path, const char **why)
{
	int fd = open(path, IMAGE_FLAGS);
	int err;

	*img = (struct image){ 0 };
	*why = "cannot be read";
	if (fd < 0)
		return -errno;
	err = image_map(img, fd, why);
	close(fd);
	return err;
}

void image_close(struct image *img)
{
	if (img->data != NULL)
		munmap((void *)img->data, img->size_bytes);
	*img = (struct image){ 0 };
}
