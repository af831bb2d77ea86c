/*
 * Registers objects with the kernel, which then reads them without requests: one copy in the page cache for all mounts.
 *
 * Needs:  Linux 6.9, CAP_SYS_ADMIN in the initial user namespace, objects on a file system that is not itself stacked.
 * Cost:   one ioctl per opened inode, 16 bytes here and an open file in the kernel. The lock is not held while an object is opened,
 *         which can wait for a disk or a fetcher.
 * Leaves: nothing: the kernel closes the files when the connection ends.
 * Source: fs/fuse/backing.c, Documentation/filesystems/fuse/fuse-passthrough.rst.
 */
#include "backing.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuse_abi.h"

#define FIRST_ROOM 64u

void backing_init(struct backing *backing, int device_fd)
{
	*backing = (struct backing){ .device_fd = device_fd };
	pthread_mutex_init(&backing->lock, NULL);
}

void backing_close(struct backing *backing)
{
	free(backing->slots);
	pthread_mutex_destroy(&backing->lock);
}

/* The inode's slot, or a free one for it. Needs a free slot. */
static struct backing_slot *find_slot(struct backing_slot *slots, uint64_t room, uint64_t nid)
{
	uint64_t at = nid * UINT64_C(0x9e3779b97f4a7c15) >> 20;

	while (slots[at & (room - 1)].nid != 0 && slots[at & (room - 1)].nid != nid)
		at++;
	return &slots[at & (room - 1)];
}

/* Keeps a quarter of the slots free. */
static int grow(struct backing *backing)
{
	uint64_t room = backing->room == 0 ? FIRST_ROOM : backing->room * 2;
	struct backing_slot *slots;

	if (backing->room - backing->used > backing->room / 4)
		return 0;
	slots = calloc(room, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < backing->room; i++)
		if (backing->slots[i].nid != 0)
			*find_slot(slots, room, backing->slots[i].nid) = backing->slots[i];
	free(backing->slots);
	backing->slots = slots;
	backing->room = room;
	return 0;
}

static int32_t add(struct backing *backing, uint64_t nid, int fd, bool *refused)
{
	struct abi_backing_map map = { .fd = fd };
	int err = grow(backing);
	int id;

	if (err != 0)
		return err;
	id = ioctl(backing->device_fd, ABI_DEV_BACKING_OPEN, &map);
	if (id <= 0) {
		*refused = true;
		return id < 0 ? -errno : -EIO;
	}
	*find_slot(backing->slots, backing->room, nid) = (struct backing_slot){ .nid = nid, .id = id };
	backing->used++;
	return id;
}

/* 0 if the inode is not registered. Needs the lock. */
static int32_t known_id(const struct backing *backing, uint64_t nid)
{
	const struct backing_slot *slot;

	if (backing->room == 0)
		return 0;
	slot = find_slot(backing->slots, backing->room, nid);
	return slot->nid == nid ? slot->id : 0;
}

int32_t backing_id(struct backing *backing, uint64_t nid, backing_open *open, void *context, bool *refused)
{
	int32_t id;
	int fd;

	*refused = false;
	pthread_mutex_lock(&backing->lock);
	id = known_id(backing, nid);
	pthread_mutex_unlock(&backing->lock);
	if (id != 0)
		return id;
	fd = open(context);
	if (fd < 0)
		return fd;
	pthread_mutex_lock(&backing->lock);
	/* Another thread may have opened the same object meanwhile. */
	id = known_id(backing, nid);
	if (id == 0)
		id = add(backing, nid, fd, refused);
	pthread_mutex_unlock(&backing->lock);
	close(fd);
	return id;
}
