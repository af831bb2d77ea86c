/* One server for many mounts, added by control messages and removed when they are unmounted. */
#ifndef CFS_SHARED_H
#define CFS_SHARED_H

#include "log.h"
#include "options.h"

/* Serves until a signal, or until the other end of a control socket is closed. 0 or -errno. */
int shared_run(const struct options *options, const struct log *log);

#endif
