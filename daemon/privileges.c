/*
 * Does:   keeps CAP_SYS_ADMIN, for mounting, unmounting and passthrough, and CAP_DAC_READ_SEARCH, for other users'
 *         objects; drops all other capabilities, and prevents gaining any by execve.
 * Source: capabilities(7), capget(2), Documentation/userspace-api/no_new_privs.rst.
 */
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Part of the kernel's ABI. */
#define INITIAL_USER_NS 0xeffffffdu
#define KEPT (UINT32_C(1) << CAP_SYS_ADMIN | UINT32_C(1) << CAP_DAC_READ_SEARCH)

bool in_initial_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NS;
}

int privileges_drop(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capget, &head, sets) != 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		/* Both kept capabilities are among the first 32. */
		sets[i].permitted &= i == 0 ? KEPT : 0;
		sets[i].effective &= sets[i].permitted;
		sets[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, sets) == 0 ? 0 : -errno;
}
