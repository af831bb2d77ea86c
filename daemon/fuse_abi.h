/*
 * The kernel's FUSE protocol, with what headers of older distributions lack.
 *
 * Source: include/uapi/linux/fuse.h; each number is part of the kernel's stable ABI.
 */
#ifndef CFS_FUSE_ABI_H
#define CFS_FUSE_ABI_H

#include <linux/fuse.h>

#ifndef FUSE_MAX_PAGES
#define FUSE_MAX_PAGES (1 << 22)
#endif
#ifndef FUSE_CACHE_SYMLINKS
#define FUSE_CACHE_SYMLINKS (1 << 23)
#endif
#ifndef FUSE_NO_OPENDIR_SUPPORT
#define FUSE_NO_OPENDIR_SUPPORT (1 << 24)
#endif
#ifndef FUSE_EXPLICIT_INVAL_DATA
#define FUSE_EXPLICIT_INVAL_DATA (1 << 25)
#endif

#define FUSE_ABI_MAJOR 7u
/* The newest minor whose structures this server fills in. */
#define FUSE_ABI_MINOR 38u
/* Linux 5.1: the first to remember that OPENDIR is not needed. */
#define FUSE_ABI_MINOR_MIN 29u

#endif
