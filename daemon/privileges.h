/* What the process may do, less what it no longer needs. */
#ifndef CFS_PRIVILEGES_H
#define CFS_PRIVILEGES_H

#include <stdbool.h>

/* Inode of its user namespace is that of the first one: what the kernel calls capable. */
bool in_initial_user_namespace(void);

/* For this thread and those that it starts. 0 or -errno. */
int privileges_drop(void);

#endif
