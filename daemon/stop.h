/* Ends of the process that others ask for: signals and the death of the parent. */
#ifndef CFS_STOP_H
#define CFS_STOP_H

#include <signal.h>

#include "log.h"
#include "mount.h"

struct stop {
	const struct mount *mount;
	const struct log *log;
};

/* The signals that end the process. */
void stop_signals(sigset_t *signals);

/*
 * Holds back the signals that end the process, in this and all later threads, and asks for SIGTERM when the parent
 * dies. -ESRCH when the parent died meanwhile. Call it first.
 */
int stop_prepare(void);

/* From now on such a signal detaches the mount and ends the process. 0 or -errno. `stop` must outlive the process. */
int stop_watch(struct stop *stop);

#endif
