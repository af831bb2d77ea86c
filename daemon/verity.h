/* fs-verity digests as the kernel knows them: SHA-256, without computing anything. */
#ifndef CFS_VERITY_H
#define CFS_VERITY_H

#include <stdbool.h>
#include <stdint.h>

#include "inode.h"

#define VERITY_DIGEST_BYTES 32

/*
 * The digest that the kernel enforces for the file: it verifies every page that is read. 0; -ENODATA if the file has none, -EOPNOTSUPP if its
 * file system or kernel has no fs-verity or another hash, or -errno.
 */
int verity_measure(int fd, uint8_t digest[VERITY_DIGEST_BYTES]);

/* 64 hexadecimal digits of either case. */
bool verity_parse(const char *text, uint8_t digest[VERITY_DIGEST_BYTES]);

/* The digest that the image has for the object of a file. 0, -ENODATA, -EUCLEAN. */
int verity_of_inode(const struct image *img, const struct inode *inode, const uint8_t **digest);

#endif
