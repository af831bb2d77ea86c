/* One life of an image, and what undoes it when a step failed. */
#ifndef WORKERS_LIFE_H
#define WORKERS_LIFE_H

#include <pthread.h>

#include "programs.h"

struct shared {
	pthread_mutex_t control_lock; /* one message and its reply at a time */
	int control_fd;               /* of the shared server; -1: none */
};

struct worker {
	const struct script *script;
	struct results *results;
	struct shared *shared;
	struct programs programs;
	int number;
};

/* Lives the life of an image. Fills `life` from `ends` on. */
void live(struct worker *worker, const struct image *image, struct life *life);

int64_t since_start(const struct worker *worker);

#endif
