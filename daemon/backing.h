/* Objects that the kernel reads itself, registered once per inode and kept until the mount ends. */
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

/* Opens the object of an inode: a descriptor or -errno. */
typedef int backing_open(void *context);

/* The kernel's number for the inode's object, positive. -errno of `open`, or of the kernel with `refused` set. */
int32_t backing_id(struct backing *backing, uint64_t nid, backing_open *open, void *context, bool *refused);

#endif
