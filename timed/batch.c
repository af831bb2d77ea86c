/* Raw system calls, the same ones that libc makes on this architecture. */
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The most that one write(2) transfers. */
#define LARGEST_TRANSFER 0x7ffff000LL

#ifdef SYS_unlink
const int batch_call_unlink = SYS_unlink, batch_call_rmdir = SYS_rmdir, batch_call_mkdir = SYS_mkdir,
	  batch_call_rename = SYS_rename;

int batch_unlink(const char *path)
{
	return (int)syscall(SYS_unlink, path);
}

int batch_rmdir(const char *path)
{
	return (int)syscall(SYS_rmdir, path);
}

int batch_mkdir(const char *path, unsigned int mode)
{
	return (int)syscall(SYS_mkdir, path, mode);
}

int batch_rename(const char *from, const char *to)
{
	return (int)syscall(SYS_rename, from, to);
}

int batch_exists(const char *path)
{
	return syscall(SYS_access, path, F_OK) == 0;
}
#else
const int batch_call_unlink = SYS_unlinkat, batch_call_rmdir = SYS_unlinkat, batch_call_mkdir = SYS_mkdirat,
	  batch_call_rename = SYS_renameat;

int batch_unlink(const char *path)
{
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int batch_rmdir(const char *path)
{
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

int batch_mkdir(const char *path, unsigned int mode)
{
	return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int batch_rename(const char *from, const char *to)
{
	return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int batch_exists(const char *path)
{
	return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}
#endif

void batch_begin(struct timed_window *window)
{
	window->wall_ns = 0;
	window->failed = -1;
	window->error = 0;
	window->reads = window->writes = 0;
	window->call = 0;
	window->verity = TIMED_VERITY_UNTRIED;
	window->verity_ns = window->verity_calls = window->verity_files = 0;
	window->name[0] = '\0';
}

int batch_failed(struct timed_window *window, int call, const char *name)
{
	window->error = errno;
	window->call = call;
	strncpy(window->name, name, sizeof(window->name) - 1);
	window->name[sizeof(window->name) - 1] = '\0';
	if (window->failed < 0)
		window->failed = 0;
	return -window->error;
}

int batch_open(const char *path, int flags, unsigned int mode)
{
	int fd;

	do
		fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

int batch_open_folder(int at, const char *name)
{
	return (int)syscall(SYS_openat, at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

void batch_list(struct batch_listing *listing)
{
	listing->at = listing->bytes = 0;
}

const struct batch_entry *batch_next(struct batch_listing *listing, int fd)
{
	for (;;) {
		const struct batch_entry *entry = (const struct batch_entry *)(listing->buffer + listing->at);

		if (listing->at == listing->bytes) {
			errno = 0;
			listing->at = 0;
			listing->bytes = syscall(SYS_getdents64, fd, listing->buffer, sizeof(listing->buffer));
			if (listing->bytes > 0)
				continue;
			listing->bytes = 0;
			return NULL;
		}
		listing->at += entry->bytes;
		if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0)
			return entry;
	}
}

char *batch_digits(char *at, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	*at++ = digits[byte >> 4];
	*at++ = digits[byte & 15];
	return at;
}

int batch_write(int fd, const void *from, int64_t bytes, struct timed_window *window)
{
	const char *at = from;

	while (bytes > 0) {
		ssize_t written;

		window->writes++;
		written = write(fd, at, (size_t)(bytes > LARGEST_TRANSFER ? LARGEST_TRANSFER : bytes));
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		at += written;
		bytes -= written;
	}
	return 0;
}
