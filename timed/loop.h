/* What the loops over many files share: failures that name their call and their file, and the path calls of libc. */
#ifndef TIMED_LOOP_H
#define TIMED_LOOP_H

#include "timed.h"

void loop_begin(struct timed_window *window);

/* Takes errno of the call that failed; returns -errno. */
int loop_failed(struct timed_window *window, int call, const char *name);

int loop_open(const char *path, int flags, unsigned int mode);
int loop_unlink(const char *path);
int loop_rmdir(const char *path);
int loop_mkdir(const char *path, unsigned int mode);
int loop_rename(const char *from, const char *to);
int loop_exists(const char *path);

/* The names under which the ledger has them. */
extern const int loop_call_unlink, loop_call_rmdir, loop_call_mkdir, loop_call_rename;

/* Writes all bytes. 0 or -1 with errno. */
int loop_write(int fd, const void *from, int64_t bytes, struct timed_window *window);

#endif
