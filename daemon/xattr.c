/*
 * Attribute entries, after the inode and in the shared table.
 *
 * Source: fs/erofs/erofs_fs.h (struct erofs_xattr_ibody_header, struct erofs_xattr_entry);
 *         Documentation/filesystems/overlayfs.rst (nested mounts, metadata only copy up).
 */
#include "xattr.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "bytes.h"

#define HEAD_BYTES 12u
#define REF_BYTES 4u
#define ENTRY_HEAD_BYTES 4u
#define TRUSTED "trusted."
#define USER "user."
#define OWN "overlay."
#define OWN_BYTES (sizeof(OWN) - 1)
#define REDIRECT OWN "redirect"

/* NULL for indexes that EROFS does not show (5 is lustre, 0 is unused). */
static const char *prefix_of(uint8_t index)
{
	static const char *const prefixes[] = {
		NULL, USER, "system.posix_acl_access", "system.posix_acl_default", TRUSTED, NULL, "security.",
	};

	return index < sizeof(prefixes) / sizeof(prefixes[0]) ? prefixes[index] : NULL;
}

static bool starts_with(const struct xattr *xattr, const char *text)
{
	size_t bytes = strlen(text);

	return xattr->suffix_bytes >= bytes && memcmp(xattr->suffix, text, bytes) == 0;
}

/* Reads the entry at `at`, which must end before `end`. */
static int read_entry(const struct image *img, uint64_t at, uint64_t end, struct xattr *found, uint64_t *next)
{
	const uint8_t *head = image_at(img, at, ENTRY_HEAD_BYTES);
	uint64_t bytes;

	if (head == NULL || end - at < ENTRY_HEAD_BYTES)
		return -EUCLEAN;
	found->suffix_bytes = head[0];
	found->value_bytes = le16(head + 2);
	bytes = ENTRY_HEAD_BYTES + (uint64_t)found->suffix_bytes + found->value_bytes;
	head = image_at(img, at, bytes);
	if (head == NULL || end - at < bytes)
		return -EUCLEAN;
	found->prefix = prefix_of(head[1]);
	found->prefix_bytes = found->prefix == NULL ? 0 : (uint32_t)strlen(found->prefix);
	found->suffix = (const char *)head + ENTRY_HEAD_BYTES;
	found->value = head + ENTRY_HEAD_BYTES + found->suffix_bytes;
	*next = at + (bytes + 3) / 4 * 4;
	return 0;
}

int xattr_start(const struct image *img, const struct inode *inode, enum xattr_view view, struct xattr_cursor *cursor)
{
	const uint8_t *head;
	uint32_t refs;

	*cursor = (struct xattr_cursor){ .img = img, .view = view };
	if (inode->xattrs_bytes == 0)
		return 0;
	head = image_at(img, inode->xattrs_at, inode->xattrs_bytes);
	if (head == NULL)
		return -EUCLEAN;
	refs = head[4];
	if (HEAD_BYTES + refs * REF_BYTES > inode->xattrs_bytes)
		return -EUCLEAN;
	cursor->refs = head + HEAD_BYTES;
	cursor->refs_left = refs;
	cursor->inline_at = inode->xattrs_at + HEAD_BYTES + refs * REF_BYTES;
	cursor->inline_end = inode->xattrs_at + inode->xattrs_bytes;
	return 0;
}

int xattr_next(struct xattr_cursor *cursor, struct xattr *found)
{
	uint64_t at, next;

	if (cursor->inline_at < cursor->inline_end)
		return read_entry(cursor->img, cursor->inline_at, cursor->inline_end, found, &cursor->inline_at);
	if (cursor->refs_left == 0)
		return -ENODATA;
	at = cursor->img->shared_xattrs_at + (uint64_t)le32(cursor->refs) * REF_BYTES;
	cursor->refs += REF_BYTES;
	cursor->refs_left--;
	if (at > cursor->img->size_bytes)
		return -EUCLEAN;
	return read_entry(cursor->img, at, cursor->img->size_bytes, found, &next);
}

static void replace_prefix(struct xattr *found, const char *prefix)
{
	found->prefix = prefix;
	found->prefix_bytes = (uint32_t)strlen(prefix);
}

static void unescape(struct xattr *found)
{
	found->suffix += OWN_BYTES;
	found->suffix_bytes -= OWN_BYTES;
}

/* Renames attributes for an overlayfs in a user namespace: its own to user.overlay.*, others away from that prefix. */
static void as_user(struct xattr *found)
{
	if (!starts_with(found, OWN))
		return;
	if (strcmp(found->prefix, USER) == 0)
		replace_prefix(found, USER OWN);
	else if (xattr_is_trusted(found) && starts_with(found, OWN OWN))
		unescape(found);
	else if (xattr_is_trusted(found))
		replace_prefix(found, USER);
}

int xattr_next_shown(struct xattr_cursor *cursor, struct xattr *found)
{
	int err;

	while ((err = xattr_next(cursor, found)) == 0) {
		if (found->prefix == NULL)
			continue;
		if (cursor->view == VIEW_LAYER_USER)
			as_user(found);
		if (cursor->view != VIEW_MERGED || !xattr_is_trusted(found) || !starts_with(found, OWN))
			return 0;
		if (starts_with(found, OWN OWN)) {
			unescape(found);
			return 0;
		}
	}
	return err;
}

bool xattr_is_trusted(const struct xattr *xattr)
{
	return xattr->prefix != NULL && strcmp(xattr->prefix, TRUSTED) == 0;
}

int xattr_find(const struct image *img, const struct inode *inode, enum xattr_view view, const char *name,
	       uint32_t name_bytes, struct xattr *found)
{
	struct xattr_cursor cursor;
	int err = xattr_start(img, inode, view, &cursor);

	while (err == 0 && (err = xattr_next_shown(&cursor, found)) == 0)
		if (name_bytes == found->prefix_bytes + found->suffix_bytes &&
		    memcmp(name, found->prefix, found->prefix_bytes) == 0 &&
		    memcmp(name + found->prefix_bytes, found->suffix, found->suffix_bytes) == 0)
			return 0;
	return err;
}

int xattr_object_path(const struct image *img, const struct inode *inode, const char **path, uint32_t *bytes)
{
	struct xattr_cursor cursor;
	struct xattr found;
	int err = xattr_start(img, inode, VIEW_LAYER, &cursor);

	while (err == 0 && (err = xattr_next(&cursor, &found)) == 0) {
		if (!xattr_is_trusted(&found) || found.suffix_bytes != sizeof(REDIRECT) - 1 ||
		    !starts_with(&found, REDIRECT))
			continue;
		*path = (const char *)found.value;
		*bytes = found.value_bytes;
		while (*bytes > 0 && **path == '/') {
			(*path)++;
			(*bytes)--;
		}
		if (*bytes == 0 || *bytes >= PATH_MAX || memchr(*path, 0, *bytes) != NULL)
			return -EUCLEAN;
		return 0;
	}
	return err;
}
