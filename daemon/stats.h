/* Request counters by opcode, in a file that other processes map and read while the server runs. */
#ifndef CFS_STATS_H
#define CFS_STATS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define STATS_BYTES 4096u
#define STATS_SLOTS 512u
/* Opcodes from this one on share the last slot. */
#define STATS_OPCODES 500u

/* With --spin-us auto: requests that were awaited by polling, and by sleeping. */
#define STATS_POLLED 500u
#define STATS_SLEPT 501u

struct stats {
	/* NULL: do not count. */
	_Atomic uint64_t *counts;
};

/* Opens an existing file of at least STATS_BYTES and adds to its counters. 0 or -errno; -EINVAL if it is too short. */
int stats_open(struct stats *stats, const char *path);

void stats_close(struct stats *stats);

static inline void stats_add(const struct stats *stats, uint32_t slot)
{
	if (stats->counts != NULL)
		atomic_fetch_add_explicit(&stats->counts[slot], 1, memory_order_relaxed);
}

static inline void stats_count(const struct stats *stats, uint32_t opcode)
{
	stats_add(stats, opcode < STATS_OPCODES ? opcode : STATS_SLOTS - 1);
}

#endif
