/* Work on a mapped image whose pages may turn out to be unreadable. */
#ifndef CFS_GUARD_H
#define CFS_GUARD_H

/* Call it once, before any work is guarded. */
void guard_install(void);

/*
 * The result of `work`, or -EIO if it read a page that cannot be read: the file was truncated, the disk failed, or fs-verity refused the
 * page. Work that is cut short leaves its descriptors and memory behind, and must hold no lock.
 */
int guarded(int (*work)(void *context), void *context);

#endif
