/*
 * mount(2) of a FUSE file system, without a helper program.
 *
 * Needs:  /dev/fuse that opens; CAP_SYS_ADMIN in the user namespace that owns the mount namespace.
 * Does:   one mount, read-only, open to every user, permissions checked by the kernel.
 * Leaves: the mount, which gives ENOTCONN, if the process is killed.
 * Source: Documentation/filesystems/fuse/fuse.rst, fs/fuse/inode.c (fuse_parse_param), statx(2).
 */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif
/* Size of the kernel's struct statx, and the offsets of the device number (two words) and the mount id in it. */
#define STATX_BYTES 256
#define STATX_DEVICE_AT 136
#define STATX_MNT_ID_AT 144
/* Older versions of fcntl.h lack these. */
#define NO_AUTOMOUNT 0x800
#define DONT_SYNC 0x4000

/* Zeros if nothing is known. Requests nothing that needs the file system's server, which may be this process. */
static struct mount_place place_at(const char *path)
{
	const unsigned wanted = STATX_MNT_ID | STATX_MNT_ID_UNIQUE;
	union {
		uint64_t words[STATX_BYTES / 8];
		uint32_t mask;
	} found = { { 0 } };

	if (syscall(SYS_statx, AT_FDCWD, path, NO_AUTOMOUNT | DONT_SYNC | AT_SYMLINK_NOFOLLOW, wanted, &found) != 0)
		return (struct mount_place){ 0 };
	return (struct mount_place){
		.id = found.mask & wanted ? found.words[STATX_MNT_ID_AT / 8] : 0,
		.device = found.words[STATX_DEVICE_AT / 8],
	};
}

static int fail(struct mount *mount, const char **why, const char *sentence, int err)
{
	*why = sentence;
	mount_close(mount);
	return -err;
}

/* A separate function, because the parameter `mount` would hide mount(2). */
static int mount_fuse(const char *source, const char *at, const char *options)
{
	return mount(source, at, "fuse.cfs-fuse", MS_RDONLY | MS_NODEV | MS_NOSUID, options);
}

int mount_open(struct mount *mount, const char *source, const char *at, const char **why)
{
	char options[160];

	*mount = (struct mount){ .device_fd = -1 };
	mount->device_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (mount->device_fd < 0)
		return fail(mount, why, "cannot open /dev/fuse", errno);
	mount->at = realpath(at, NULL);
	if (mount->at == NULL)
		return fail(mount, why, "cannot find the mount point", errno);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=%u,group_id=%u,default_permissions,allow_other", mount->device_fd,
		 (unsigned)getuid(), (unsigned)getgid());
	if (mount_fuse(source, mount->at, options) != 0)
		return fail(mount, why, "the kernel refused the mount", errno);
	mount->place = place_at(mount->at);
	return 0;
}

int mount_detach(const struct mount *mount)
{
	struct mount_place now = place_at(mount->at);

	if (now.id != mount->place.id || now.device != mount->place.device)
		return -ENOENT;
	return umount2(mount->at, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ? 0 : -errno;
}

void mount_close(struct mount *mount)
{
	if (mount->device_fd >= 0)
		close(mount->device_fd);
	free(mount->at);
	*mount = (struct mount){ .device_fd = -1 };
}
