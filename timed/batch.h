/* Common parts of the batch operations: failures with call and file, and system calls with a path. */
#ifndef TIMED_BATCH_H
#define TIMED_BATCH_H

#include "timed.h"

void batch_begin(struct timed_window *window);

/* Records the errno of the failed call; returns -errno. */
int batch_failed(struct timed_window *window, int call, const char *name);

/*
 * Nested folders that an operation keeps open at the same time; it closes and opens again those further inside. Far more than real trees
 * have, and fewer than the 1024 files that a process may have open by default.
 */
#define BATCH_OPEN_FOLDERS 256

int batch_open(const char *path, int flags, unsigned int mode);
/* Follows no link. */
int batch_open_folder(int at, const char *name);
int batch_unlink(const char *path);
int batch_rmdir(const char *path);
int batch_mkdir(const char *path, unsigned int mode);
int batch_rename(const char *from, const char *to);
int batch_exists(const char *path);

/* struct linux_dirent64 */
struct batch_entry {
	uint64_t ino;
	int64_t off;
	unsigned short bytes;
	unsigned char type;
	char name[];
};

struct batch_listing {
	long at, bytes;
	char buffer[32768] __attribute__((aligned(8)));
};

/* Call it before the first name of a folder. The buffer is not cleared: that would be work in the window. */
void batch_list(struct batch_listing *listing);

/* The next name of an open folder without `.` and `..`; NULL at its end, with errno 0, or the errno of getdents64. */
const struct batch_entry *batch_next(struct batch_listing *listing, int fd);

/* Numbers of these calls on this architecture. */
extern const int batch_call_unlink, batch_call_rmdir, batch_call_mkdir, batch_call_rename;

/* Writes the two hex digits of a byte. Returns the end. */
char *batch_digits(char *at, uint8_t byte);

/* Writes all bytes. 0 or -1 with errno. */
int batch_write(int fd, const void *from, int64_t bytes, struct timed_window *window);

#endif
