/*
 * Extended attributes of an inode: as stored, and as overlayfs would show them.
 *
 * overlayfs keeps trusted.overlay.* for itself and takes one level of escaping off trusted.overlay.overlay.*.
 */
#ifndef CFS_XATTR_H
#define CFS_XATTR_H

#include <stdbool.h>
#include <stdint.h>

#include "inode.h"

/* A full name is `prefix`, a text, and then `suffix`, bytes. */
struct xattr {
	const char *prefix;
	const char *suffix;
	const uint8_t *value;
	uint32_t prefix_bytes;
	uint32_t suffix_bytes;
	uint32_t value_bytes;
};

/* Who looks: somebody at the whole tree, or an overlayfs that reads the image as a layer and needs its own attributes. */
enum xattr_view {
	VIEW_MERGED,
	/* As stored. */
	VIEW_LAYER,
	/* For an overlayfs of a user namespace, which keeps user.overlay.* in place of trusted.overlay.*. */
	VIEW_LAYER_USER,
};

struct xattr_cursor {
	const struct image *img;
	enum xattr_view view;
	const uint8_t *refs;
	uint64_t inline_at;
	uint64_t inline_end;
	uint32_t refs_left;
};

/* 0 or -EUCLEAN. */
int xattr_start(const struct image *img, const struct inode *inode, enum xattr_view view, struct xattr_cursor *cursor);

/* The next attribute as stored, those of the inode first, then shared ones. 0, -ENODATA behind the last, -EUCLEAN. */
int xattr_next(struct xattr_cursor *cursor, struct xattr *found);

/* The next attribute that is shown, under the name that is shown. */
int xattr_next_shown(struct xattr_cursor *cursor, struct xattr *found);

bool xattr_is_trusted(const struct xattr *xattr);

/* By shown name, not terminated. 0, -ENODATA, -EUCLEAN. */
int xattr_find(const struct image *img, const struct inode *inode, enum xattr_view view, const char *name,
	       uint32_t name_bytes, struct xattr *found);

/*
 * Where the contents of an object-backed file are, from the root of the object store: a relative path, not
 * terminated. 0, -ENODATA, -EUCLEAN.
 */
int xattr_object_path(const struct image *img, const struct inode *inode, const char **path, uint32_t *bytes);

#endif
