/*
 * Directory blocks: fixed-size headers first, then the names without gaps.
 *
 * Source: fs/erofs/erofs_fs.h (struct erofs_dirent).
 */
#include "dir.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"

#define ENTRY_BYTES 12u

int dir_block(const struct image *img, const struct inode *dir, uint64_t index, struct dir_block *block)
{
	uint64_t blocks = dir->size_bytes / IMAGE_BLOCK_BYTES + (dir->size_bytes % IMAGE_BLOCK_BYTES != 0);
	uint64_t bytes, wanted;
	uint32_t names_at;

	if (index >= blocks)
		return -ENOENT;
	wanted = dir->size_bytes - index * IMAGE_BLOCK_BYTES;
	if (wanted > IMAGE_BLOCK_BYTES)
		wanted = IMAGE_BLOCK_BYTES;
	bytes = wanted;
	block->at = inode_bytes(img, dir, index * IMAGE_BLOCK_BYTES, &bytes);
	if (block->at == NULL || bytes != wanted || bytes < ENTRY_BYTES)
		return -EUCLEAN;
	names_at = le16(block->at + 8);
	if (names_at == 0 || names_at % ENTRY_BYTES != 0 || names_at >= bytes)
		return -EUCLEAN;
	block->bytes = (uint32_t)bytes;
	block->entries = names_at / ENTRY_BYTES;
	return 0;
}

static bool all_zero(const uint8_t *from, const uint8_t *to)
{
	return from == to || (*from == 0 && memcmp(from, from + 1, (size_t)(to - from) - 1) == 0);
}

int dir_entry(const struct dir_block *block, uint32_t index, struct dir_entry *entry)
{
	const uint8_t *at = block->at + index * ENTRY_BYTES;
	uint32_t from = le16(at + 8);
	uint32_t to = index + 1 < block->entries ? le16(at + ENTRY_BYTES + 8) : block->bytes;

	if (from < block->entries * ENTRY_BYTES || from >= to || to > block->bytes)
		return -EUCLEAN;
	entry->name = (const char *)block->at + from;
	/* Only the last name of a block may be padded, and only with zeros. */
	entry->name_bytes = (uint32_t)strnlen(entry->name, to - from);
	if (index + 1 < block->entries ? entry->name_bytes != to - from
				       : !all_zero(block->at + from + entry->name_bytes, block->at + to))
		return -EUCLEAN;
	if (entry->name_bytes == 0 || entry->name_bytes > DIR_NAME_MAX)
		return -EUCLEAN;
	if (memchr(entry->name, '/', entry->name_bytes) != NULL)
		return -EUCLEAN;
	entry->nid = le64(at);
	entry->type = at[10] <= DIR_TYPE_SYMLINK ? (enum dir_type)at[10] : DIR_TYPE_UNKNOWN;
	return 0;
}

static int compare(const char *name, uint32_t name_bytes, const struct dir_entry *entry)
{
	uint32_t common = name_bytes < entry->name_bytes ? name_bytes : entry->name_bytes;
	int order = memcmp(name, entry->name, common);

	if (order != 0)
		return order;
	return (name_bytes > entry->name_bytes) - (name_bytes < entry->name_bytes);
}

/* Finds the last block whose first name sorts at or before `name`. */
static int find_block(const struct image *img, const struct inode *dir, const char *name, uint32_t name_bytes,
		      struct dir_block *block)
{
	uint64_t low = 0, high = dir->size_bytes / IMAGE_BLOCK_BYTES + (dir->size_bytes % IMAGE_BLOCK_BYTES != 0);
	struct dir_block probe;
	struct dir_entry first;
	int err, found = -ENOENT;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		err = dir_block(img, dir, middle, &probe);
		if (err == 0)
			err = dir_entry(&probe, 0, &first);
		if (err != 0)
			return err;
		if (compare(name, name_bytes, &first) < 0) {
			high = middle;
		} else {
			low = middle + 1;
			*block = probe;
			found = 0;
		}
	}
	return found;
}

int dir_entry_order(const struct dir_entry *first, const struct dir_entry *second)
{
	return compare(first->name, first->name_bytes, second);
}

/* After a binary search without a match: -ENOENT if the names of the block are sorted, else -EUCLEAN. */
static int check_missing(const struct dir_block *block)
{
	struct dir_entry entry, before = { 0 };

	for (uint32_t i = 0; i < block->entries; i++) {
		int err = dir_entry(block, i, &entry);

		if (err != 0)
			return err;
		if (i > 0 && dir_entry_order(&before, &entry) >= 0)
			return -EUCLEAN;
		before = entry;
	}
	return -ENOENT;
}

int dir_find(const struct image *img, const struct inode *dir, const char *name, uint32_t name_bytes,
	     struct dir_entry *entry)
{
	struct dir_block block;
	uint32_t low = 0, high;
	int err = find_block(img, dir, name, name_bytes, &block);

	if (err != 0)
		return err;
	high = block.entries;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order;

		err = dir_entry(&block, middle, entry);
		if (err != 0)
			return err;
		order = compare(name, name_bytes, entry);
		if (order == 0)
			return 0;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return check_missing(&block);
}

bool dir_entry_is_dots(const struct dir_entry *entry)
{
	return entry->name[0] == '.' &&
	       (entry->name_bytes == 1 || (entry->name_bytes == 2 && entry->name[1] == '.'));
}
