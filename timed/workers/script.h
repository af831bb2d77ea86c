/*
 * What the workers do: one file with every life of a slot, written by the harness, and one file with the results.
 *
 * Offsets are counted from the start of the file. Each worker maps a copy of its own, turns offsets into addresses and puts its
 * number in the place of the marks in all strings, so that workers share no folder.
 */
#ifndef WORKERS_SCRIPT_H
#define WORKERS_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "../timed.h"

#define SCRIPT_MAGIC 0x4c495645U
#define SCRIPT_VERSION 2
#define WORKERS_MAX 64
#define SERVERS_MAX 4
#define MARK "worker-@@"
#define MARK_DIGITS 2
#define TAIL_BYTES 256

enum phase { PHASE_CREATE, PHASE_MOUNT, PHASE_USE, PHASE_UNMOUNT, PHASE_SETTLE, PHASE_DESTROY, PHASE_COUNT };

enum step_kind {
	STEP_RUN = 1,     /* `count` calls from number `first` on */
	STEP_WAIT = 2,    /* the same, repeated with pauses until they succeed */
	STEP_COMMAND = 3, /* starts a program, `count` arguments at `at`, and waits for exit code 0 */
	STEP_SERVE = 4,   /* the same program as a server; waits for one byte on its descriptor 3 */
	STEP_EXITED = 5,  /* waits until that server ended */
	STEP_MESSAGE = 6, /* `bytes` at `at` to the shared server, whose reply must be "ok" */
	STEP_REMOVE = 7   /* removes the tree whose path is at `at` */
};

struct step {
	int32_t kind;
	int32_t phase;
	int32_t first;
	int32_t count;
	int64_t at;
	int64_t bytes;
	int64_t pause_ns;
	int64_t limit_ns;
	int32_t server; /* number within the life */
	int32_t unused;
};

/* The kind of an argument of a call. */
enum argument { ARGUMENT_VALUE = 0, ARGUMENT_SCRIPT = 1, ARGUMENT_BLOB = 2 };

struct image {
	int64_t at;     /* path of its mount point */
	int64_t folder; /* path of the folder that create fills */
	int32_t first;  /* step */
	int32_t count;
};

struct script {
	uint32_t magic;
	uint32_t version;
	int64_t bytes;
	int64_t calls, call_count; /* struct timed_call */
	int64_t kinds;             /* one enum argument for each argument of each call */
	int64_t steps, step_count;
	int64_t images, image_count;
	int64_t order, life_count; /* int32_t: the image of each life */
	int64_t due;               /* int64_t: when each life is due, nanoseconds from the start; 0: at once, one after the other */
	int64_t environment, environment_count;
	int64_t setup; /* number of the first step of the shared server, or -1 */
	int64_t worker_count;
	int64_t most_late_ns; /* the run ends when a life begins this late; 0: no limit */
	int64_t most_ns;      /* no life begins after this time; 0: no limit */
	int64_t stall_life;   /* before this life its worker sleeps for stall_ns; -1: none */
	int64_t stall_ns;
	int64_t text, text_bytes; /* strings with marks */
};

enum outcome { OUTCOME_NONE = 0, OUTCOME_OK = 1, OUTCOME_FAILED = 2 };

/* Times are nanoseconds since `started`. */
struct life {
	int64_t due;   /* when it was due; in a closed loop when it began */
	int64_t begun; /* when its worker began it */
	int64_t ends[PHASE_COUNT];
	int32_t outcome;
	int32_t worker;
	int32_t step; /* number of the step that failed */
	int32_t call; /* number of its call, -1: none */
	int32_t error; /* errno, 0: none */
	int32_t status; /* as waitpid(2) reports it, of a command or a server; -1: none */
	char tail[TAIL_BYTES]; /* the end of its standard error, or the path that failed */
};

struct results {
	int64_t ready; /* number of workers that are ready */
	int64_t go;    /* the harness sets it */
	int64_t started_ns; /* CLOCK_MONOTONIC */
	int64_t ended_ns;   /* since `started` */
	int64_t taken;      /* number of lives that were begun, or more */
	int64_t late;       /* 1: ended because a life began too late */
	int64_t live, live_most; /* mounts */
	int64_t user_ns, system_ns; /* CPU time of workers and of all that they started, since `started` */
	struct life lives[];
};

/* A private copy with addresses for worker `number`, or NULL with a message on standard error. */
struct script *script_load(const char *path, const char *blob, int number);

/* The address of an offset. */
void *script_at(const struct script *script, int64_t offset);

#endif
