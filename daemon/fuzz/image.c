/*
 * A libFuzzer target: arbitrary bytes as an image, read in all ways of the server.
 *
 * Does:   walks all names; reads contents, target and all attributes in all views; looks up existing names and a missing
 *         one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../check.h"
#include "../dir.h"
#include "../names.h"
#include "../xattr.h"

/* A small image can state sizes of many GiB. */
#define CONTENT_BYTES_MAX (64u * 1024u)
#define LOOKUPS_MAX 64u

/* Reads every byte, so that the sanitizer checks it. */
static void touch(const void *bytes, size_t count)
{
	const volatile uint8_t *at = bytes;

	for (size_t i = 0; i < count; i++)
		(void)at[i];
}

static void read_xattrs(const struct image *img, const struct inode *inode)
{
	for (int view = VIEW_MERGED; view <= VIEW_LAYER_USER; view++) {
		struct xattr_cursor cursor;
		struct xattr found, again;
		char name[512];
		int err = xattr_start(img, inode, (enum xattr_view)view, &cursor);

		for (unsigned n = 0; err == 0 && n < LOOKUPS_MAX; n++) {
			err = xattr_next_shown(&cursor, &found);
			if (err != 0)
				break;
			touch(found.value, found.value_bytes);
			memcpy(name, found.prefix, found.prefix_bytes);
			memcpy(name + found.prefix_bytes, found.suffix, found.suffix_bytes);
			/* Finds the first of several attributes with one name. */
			if (xattr_find(img, inode, (enum xattr_view)view, name, found.prefix_bytes + found.suffix_bytes,
				       &again) != 0)
				abort();
		}
	}
}

static void read_contents(const struct image *img, const struct inode *inode)
{
	const char *text;
	uint32_t text_bytes;
	uint64_t bytes;

	if (inode_target(img, inode, &text, &text_bytes) == 0)
		touch(text, text_bytes);
	if (xattr_object_path(img, inode, &text, &text_bytes) == 0)
		touch(text, text_bytes);
	for (uint64_t offset = 0; offset < inode->size_bytes && offset < CONTENT_BYTES_MAX; offset += bytes) {
		const uint8_t *from;

		bytes = CONTENT_BYTES_MAX;
		from = inode_bytes(img, inode, offset, &bytes);
		if (from == NULL)
			return;
		if (bytes == 0)
			abort();
		touch(from, bytes);
	}
}

static void find_names(const struct image *img, const struct inode *dir)
{
	struct dir_block block;
	struct dir_entry entry, found;

	dir_find(img, dir, "no such name", 12, &found);
	for (uint64_t index = 0; index < 4 && dir_block(img, dir, index, &block) == 0; index++)
		for (uint32_t i = 0; i < block.entries && i < LOOKUPS_MAX && dir_entry(&block, i, &entry) == 0; i++) {
			touch(entry.name, entry.name_bytes);
			dir_find(img, dir, entry.name, entry.name_bytes, &found);
		}
}

static int visit(void *context, const struct image *img, const struct inode *inode, const char **why)
{
	(void)context;
	(void)why;
	read_xattrs(img, inode);
	read_contents(img, inode);
	if (inode_is_dir(inode))
		find_names(img, inode);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk_result result;
	struct image img;
	struct names names;
	const char *why = NULL;

	if (image_from_bytes(&img, data, size, &why) != 0) {
		if (why == NULL)
			abort();
		return 0;
	}
	walk_image(&img, visit, NULL, &result);
	if (check_image(&img, &result) != 0 && result.why == NULL)
		abort();
	names_init(&names);
	names_learn(&names, &img);
	return 0;
}
