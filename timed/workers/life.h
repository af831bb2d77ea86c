/* One life of an image, and what undoes it when a step failed. */
#ifndef WORKERS_LIFE_H
#define WORKERS_LIFE_H

#include "programs.h"

struct worker {
	const struct script *script;
	struct results *results;
	struct programs programs;
	int number;
	int control_fd; /* its own connection to the shared server */
};

/* Lives the life of an image. Fills `life` from `ends` on. */
void live(struct worker *worker, const struct image *image, struct life *life);

int64_t since_start(const struct worker *worker);

#endif
