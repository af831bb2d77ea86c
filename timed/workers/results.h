/* The file of the results, which the workers share. */
#ifndef CFSBENCH_WORKERS_RESULTS_H
#define CFSBENCH_WORKERS_RESULTS_H

#include <stdint.h>

#include "life.h"

/* Creates and maps the file, with room for `life_count` lives. NULL: errno. */
struct results *results_open(const char *path, int64_t life_count);

/*
 * For a worker, before lives are timed: without it the first write to each page faults. fork(2) passes no page of a shared file on, and
 * MAP_POPULATE makes none writable. Does nothing before Linux 5.14.
 */
void results_make_writable(struct results *results, int64_t life_count);

#endif
