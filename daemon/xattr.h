/*
 * Extended attributes of an inode, as stored and as overlayfs would show them.
 *
 * overlayfs hides trusted.overlay.* and removes one level of escaping from trusted.overlay.overlay.*.
 */
#ifndef CFS_XATTR_H
#define CFS_XATTR_H

#include <stdbool.h>
#include <stdint.h>

#include "inode.h"

/* The full name is `prefix`, a C string, followed by the bytes of `suffix`. */
struct xattr {
	const char *prefix;
	const char *suffix;
	const uint8_t *value;
	uint32_t prefix_bytes;
	uint32_t suffix_bytes;
	uint32_t value_bytes;
};

/* The reader: a user of the merged tree, or an overlayfs above that needs its own attributes. */
enum xattr_view {
	VIEW_MERGED,
	/* As stored. */
	VIEW_LAYER,
	/* For an overlayfs in a user namespace, which uses user.overlay.* instead of trusted.overlay.*. */
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

/* The next attribute as stored: inline ones, then shared ones. 0, -ENODATA after the last, -EUCLEAN. */
int xattr_next(struct xattr_cursor *cursor, struct xattr *found);

/* The next visible attribute, under its visible name. */
int xattr_next_shown(struct xattr_cursor *cursor, struct xattr *found);

bool xattr_is_trusted(const struct xattr *xattr);

/* Finds an attribute by its visible name, which need not be terminated. 0, -ENODATA, -EUCLEAN. */
int xattr_find(const struct image *img, const struct inode *inode, enum xattr_view view, const char *name,
	       uint32_t name_bytes, struct xattr *found);

/*
 * The path of a file's object, relative to the object store and not terminated. 0, -ENODATA, -EUCLEAN.
 */
int xattr_object_path(const struct image *img, const struct inode *inode, const char **path, uint32_t *bytes);

#endif
