/*
 * How a thread waits for its next request: it sleeps in read(2), or polls for a while first.
 *
 * A poll saves the wake-up of the server where a CPU is free, and delays the client where none is. No counter of the kernel tells
 * which, so the two are tried in turn: trials of WAIT_PAIRS pairs of epochs, one that polls and one that sleeps, in alternating
 * order, and between trials the better one. Polling must be faster in the sum and in most pairs; else the thread sleeps. A trial
 * ends after two pairs if the result is clear by then.
 */
#ifndef CFS_WAIT_H
#define CFS_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* Requests of one epoch. */
#define WAIT_EPOCH 16u
#define WAIT_PAIRS 8u

/* As given on the command line. */
struct spin {
	/* Longest poll; 0 if client and server share a CPU. */
	uint32_t us;
	/* Learn whether polling pays; else poll before every sleep. */
	bool adapts;
};

struct wait {
	/* Longest poll; 0: always sleep. */
	uint64_t poll_ns;
	bool adapts;
	bool polls;
	/* When the last request arrived; 0: unknown. */
	uint64_t last_ns;
	/* Epochs of this trial that are over; 2 * WAIT_PAIRS: no trial is going on. */
	uint32_t epoch;
	/* Requests of this epoch. */
	uint32_t requests;
	/* Requests that are left until the next trial. */
	uint32_t until_trial;
	/* All requests between two trials. */
	uint32_t gap;
	/* Polling won the last trial. */
	bool won;
	uint64_t epoch_ns;
	/* Time of the pair's first epoch. */
	uint64_t first_ns;
	uint64_t sum_ns[2];
	uint32_t pairs_won;
};

void wait_open(struct wait *wait, struct spin spin);

/* Returns when `ready(argument)` is true, or when sleeping is better. */
void wait_poll(const struct wait *wait, bool (*ready)(void *argument), void *argument);

/* Call it when a request has arrived. */
void wait_arrived(struct wait *wait);

#endif
