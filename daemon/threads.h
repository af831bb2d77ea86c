/* Several loops for one mount. */
#ifndef CFS_THREADS_H
#define CFS_THREADS_H

#include <pthread.h>

#include "server.h"
#include "wait.h"

/* CPUs that this process may use, at least 1. */
unsigned cpus_allowed(void);

/* CPUs that this machine may ever have, online or not. */
unsigned cpus_possible(void);

/* A thread with a small stack. 0 or -errno. */
int thread_start(pthread_t *thread, void *(*work)(void *), void *argument);

/* Serves with `count` threads, including this one, until the unmount. 0 or -errno. */
int threads_run(const struct server *server, int device_fd, unsigned count, struct spin spin);

#endif
