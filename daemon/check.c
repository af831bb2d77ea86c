#include "check.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

#include "xattr.h"

static int damaged(const char **why, const char *sentence)
{
	*why = sentence;
	return -EUCLEAN;
}

static int check_xattrs(const struct image *img, const struct inode *inode, const char **why)
{
	struct xattr_cursor cursor;
	struct xattr found;
	int err = xattr_start(img, inode, VIEW_MERGED, &cursor);

	while (err == 0)
		err = xattr_next(&cursor, &found);
	return err == -ENODATA ? 0 : damaged(why, "an extended attribute lies outside the image");
}

static int check_contents(const struct image *img, const struct inode *inode, const char **why)
{
	uint64_t offset, bytes;
	const char *text;
	uint32_t text_bytes;

	if (S_ISLNK(inode->mode) && inode_target(img, inode, &text, &text_bytes) != 0)
		return damaged(why, "a symlink has no valid target");
	if (!S_ISREG(inode->mode))
		return 0;
	if (inode->layout == LAYOUT_OBJECT) {
		if (xattr_object_path(img, inode, &text, &text_bytes) == -EUCLEAN)
			return damaged(why, "a file has no valid object path");
		return 0;
	}
	for (offset = 0; offset < inode->size_bytes; offset += bytes) {
		bytes = inode->size_bytes - offset;
		if (inode_bytes(img, inode, offset, &bytes) == NULL)
			return damaged(why, "the contents of a file lie outside the image");
	}
	return 0;
}

static int check(void *context, const struct image *img, const struct inode *inode, const char **why)
{
	int err = check_xattrs(img, inode, why);

	(void)context;
	return err != 0 ? err : check_contents(img, inode, why);
}

int check_image(const struct image *img, struct walk_result *result)
{
	return walk_image(img, check, NULL, result);
}
