/* One process behind many mounts, which come by request and go when they are unmounted. */
#ifndef CFS_SHARED_H
#define CFS_SHARED_H

#include "log.h"
#include "options.h"

/* As many open files as the kernel lets this process have; before it gives up what that takes. */
void shared_raise_limit(void);

/* Until a signal, or until the other end of the control socket is closed: 0. Any other end is -errno. */
int shared_run(const struct options *options, const struct log *log);

#endif
