/* Objects that the kernel reads by itself, registered once per inode and kept for as long as the mount lives. */
#ifndef CFS_BACKING_H
#define CFS_BACKING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct backing_slot {
	uint64_t nid; /* 0: free */
	int32_t id;
};

struct backing {
	int device_fd;
	pthread_mutex_t lock;
	struct backing_slot *slots;
	uint64_t room; /* a power of two, or 0 */
	uint64_t used;
};

void backing_init(struct backing *backing, int device_fd);

void backing_close(struct backing *backing);

/* Opens what holds the contents of an inode: a descriptor or -errno. */
typedef int backing_open(void *context);

/* The number under which the kernel knows the inode's object, always positive. -errno: of `open`, or why it refused. */
int32_t backing_id(struct backing *backing, uint64_t nid, backing_open *open, void *context, bool *refused);

#endif
