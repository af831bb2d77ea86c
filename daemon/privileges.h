/* Capabilities of the process. */
#ifndef CFS_PRIVILEGES_H
#define CFS_PRIVILEGES_H

#include <stdbool.h>

/* Whether the process is in the initial user namespace. */
bool in_initial_user_namespace(void);

/* Drops capabilities of this thread and of threads that it starts. 0 or -errno. */
int privileges_drop(void);

#endif
