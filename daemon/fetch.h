/* Asks another process for objects that the store lacks. */
#ifndef CFS_FETCH_H
#define CFS_FETCH_H

#include <stdint.h>

struct fetch {
	/* O_PATH descriptor of the fetcher's socket; -1: no fetcher. */
	int socket_fd;
};

/* The socket need not be answered yet. 0 or -errno; -ENOTSOCK if it is no socket. */
int fetch_open(struct fetch *fetch, const char *path);

void fetch_close(struct fetch *fetch);

/*
 * Waits until the fetcher has put the object into the store, or refuses it. `path` is `ab/cdef…`, not terminated: any other
 * form, or no fetcher, is -ENOENT and asks nobody. 0 or -errno; -EIO if it was refused. Thread-safe.
 */
int fetch_object(const struct fetch *fetch, const char *path, uint32_t path_bytes);

#endif
