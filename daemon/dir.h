/* Directories of an image: blocks of entries sorted by name, in byte order. */
#ifndef CFS_DIR_H
#define CFS_DIR_H

#include <stdbool.h>
#include <stdint.h>

#include "inode.h"

#define DIR_NAME_MAX 255u

enum dir_type {
	DIR_TYPE_UNKNOWN,
	DIR_TYPE_REGULAR,
	DIR_TYPE_DIRECTORY,
	DIR_TYPE_CHAR,
	DIR_TYPE_BLOCK,
	DIR_TYPE_FIFO,
	DIR_TYPE_SOCKET,
	DIR_TYPE_SYMLINK,
};

struct dir_block {
	const uint8_t *at;
	uint32_t bytes;
	uint32_t entries;
};

struct dir_entry {
	uint64_t nid;
	const char *name; /* not terminated */
	uint32_t name_bytes;
	enum dir_type type;
};

/* 0, -ENOENT after the last block, -EUCLEAN. */
int dir_block(const struct image *img, const struct inode *dir, uint64_t index, struct dir_block *block);

/* `index` is less than `block->entries`. 0 or -EUCLEAN. */
int dir_entry(const struct dir_block *block, uint32_t index, struct dir_entry *entry);

/* 0, -ENOENT, -EUCLEAN. Also finds whiteouts; the caller decides whether to show them. */
int dir_find(const struct image *img, const struct inode *dir, const char *name, uint32_t name_bytes,
	     struct dir_entry *entry);

/* Less than, equal to or greater than 0, if the first sorts before, with or after the second. */
int dir_entry_order(const struct dir_entry *first, const struct dir_entry *second);

/* `.` or `..`. */
bool dir_entry_is_dots(const struct dir_entry *entry);

#endif
