/* The file of the results, which the workers share. */
#include "results.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Linux 5.14. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static size_t bytes_of(int64_t life_count)
{
	return sizeof(struct results) + (size_t)life_count * sizeof(struct life);
}

struct results *results_open(const char *path, int64_t life_count)
{
	size_t bytes = bytes_of(life_count);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	void *mapped;

	if (fd < 0)
		return NULL;
	/* Without room on the disk, the first write of a worker to a page would end it with a SIGBUS. */
	errno = posix_fallocate(fd, 0, (off_t)bytes);
	if (errno != 0)
		return NULL;
	mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	return mapped == MAP_FAILED ? NULL : mapped;
}

void results_make_writable(struct results *results, int64_t life_count)
{
	madvise(results, bytes_of(life_count), MADV_POPULATE_WRITE);
}
