/*
 * System calls made back to back, and the clock read before the first and after the last.
 *
 * Whoever measures prepares everything beforehand (paths, options, structures) and asks for all of it in one call, so that
 * nothing of the caller runs between two system calls. No state is kept from one call to the next; every thread may call.
 */
#ifndef TIMED_H
#define TIMED_H

#include <stdint.h>

#define TIMED_ARGS 6

/* Not system calls: what the results of some need before others can use them. */
enum timed_step {
	TIMED_PRINT = -1, /* writes args[0] as decimal text at address args[1], padded with '/' on the left to args[2] digits, with a NUL if args[2] is 0 */
	TIMED_STORE = -2, /* writes args[0] as 32 bits at address args[1] */
	TIMED_EXPECT = -3 /* fails with errno args[3] unless (32 bits at address args[0] & args[1]) == args[2] */
};

enum timed_flag {
	TIMED_AGAIN = 1, /* repeated while a signal interrupts it (EINTR) */
	TIMED_WHOLE = 2, /* write(2): goes on until all bytes are written */
	TIMED_ALWAYS = 4 /* made even if an earlier call of the list failed: descriptors are closed */
};

struct timed_call {
	int64_t args[TIMED_ARGS];
	int16_t result_of[TIMED_ARGS]; /* index of the earlier call whose result is this argument; -1: args says it */
	int32_t number;                /* system call, or enum timed_step */
	uint32_t flags;
	int32_t wanted;  /* errno that is the wanted outcome, success being "not yet"; 0: success is */
	int32_t not_yet; /* errno that means "not yet"; 0: none */
	int64_t result;
};

#define TIMED_NAME_BYTES 4096

struct timed_window {
	int64_t wall_ns;
	int32_t failed; /* index of what failed (a call, an object, a record), -1 if nothing did */
	int32_t error;  /* its errno */
	int64_t reads;  /* read(2) calls that were made */
	int64_t writes; /* write(2) calls that were made */
	int32_t call;   /* loops: the system call that failed */
	int32_t verity; /* ingest: enum timed_verity */
	char name[TIMED_NAME_BYTES]; /* loops: the file at which it failed, with a NUL */
};

enum timed_verity {
	TIMED_VERITY_UNTRIED = 0,
	TIMED_VERITY_ENABLED = 1,
	TIMED_VERITY_ABSENT = 2 /* the file system has none: said once, not asked again */
};

int64_t timed_now_ns(void);

/* Makes all calls in order, stops at the first failure. Returns 0 or -errno. */
int timed_run(struct timed_call *calls, int count, struct timed_window *window);

/*
 * Runs the list over and over, with pauses, until it succeeds. -ETIMEDOUT after limit_ns of "not yet"; any other failure ends
 * it at once.
 */
int timed_wait(struct timed_call *calls, int count, int64_t pause_ns, int64_t limit_ns, struct timed_window *window);

/* Bytes of a digest: SHA-256. */
#define TIMED_DIGEST_BYTES 32

struct timed_object {
	uint8_t digest[TIMED_DIGEST_BYTES];
	int64_t offset; /* in the pack */
	int64_t bytes;
};

struct timed_ingest {
	const char *pack;
	const char *const *dirs; /* object folders; an object's first digit chooses one of them */
	const struct timed_object *objects;
	uint8_t *buffer; /* kept by the caller: a fresh one would be zeroed by the kernel inside the window */
	int64_t buffer_bytes;
	int32_t dir_count;
	int32_t object_count;
	int32_t makes_folders; /* of an empty store: its object folders are made, and `ab` when its first object comes */
	int32_t digests;       /* contents are digested, compared with the name, and fs-verity is enabled where there is any */
};

/* Writes each object that is not there: to a temporary name, then renamed. 0 or -errno; -EBADMSG: contents belie a digest. */
int timed_ingest(const struct timed_ingest *ingest, struct timed_window *window);

struct timed_manifest {
	const void *data;
	int64_t bytes;
};

struct timed_collect {
	const char *const *dirs;
	const struct timed_manifest *keep;
	int32_t dir_count;
	int32_t keep_count;
	int32_t removes_folders; /* of those that hold nothing any more, the object folders themselves among them */
};

/* Marks what the kept manifests redirect to, and unlinks every other object. 0 or -errno. */
int timed_collect(const struct timed_collect *collect, struct timed_window *window);

/* Removes a tree, whatever is in it. 0 or -errno. */
int timed_remove(const char *path, struct timed_window *window);

/* Whether SHA-256 is at hand: that of the library that the process brings along. */
int timed_can_digest(void);

#endif
