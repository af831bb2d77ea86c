#include "stats.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int stats_open(struct stats *stats, const char *path)
{
	struct stat st;
	void *counts;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0) {
		err = -errno;
	} else if (st.st_size < (off_t)STATS_BYTES) {
		err = -EINVAL;
	} else if ((err = -posix_fallocate(fd, 0, STATS_BYTES)) == 0) {
		/* Without room on the disk, the first count would end this process with a SIGBUS. */
		counts = mmap(NULL, STATS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (counts == MAP_FAILED)
			err = -errno;
		else
			stats->counts = counts;
	}
	close(fd);
	return err;
}

void stats_close(struct stats *stats)
{
	if (stats->counts != NULL)
		munmap((void *)stats->counts, STATS_BYTES);
	stats->counts = NULL;
}
