/* Ends the process on signals and on the death of its parent. */
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
 * Blocks the signals that end the process, in this and all later threads, and requests SIGTERM for the death of the
 * parent. -ESRCH if the parent has died already. Call it before starting threads.
 */
int stop_prepare(void);

/* From now on these signals detach the mount and end the process. 0 or -errno. `stop` must stay valid until the end. */
int stop_watch(struct stop *stop);

#endif
