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

/* Of all that is declared here: whoever loads another one leaves it alone. */
#define TIMED_VERSION 2
int timed_version(void);

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
	int32_t is_pool;	 /* files lie in the folders themselves, named by all digits; a folder may not be there */
	const uint8_t *live;	 /* further digests that stay */
	int64_t live_count;
};

/* Marks what the kept manifests redirect to, and unlinks every other object. 0 or -errno. */
int timed_collect(const struct timed_collect *collect, struct timed_window *window);

/* Removes a tree, whatever is in it. 0 or -errno. */
int timed_remove(const char *path, struct timed_window *window);

enum timed_kind {
	TIMED_FOLDER = 0,  /* what follows is in it, up to its end */
	TIMED_END = 1,     /* of the folder: it gets what it carries, since what is made in it would change its times again */
	TIMED_POOLED = 2,  /* a hard link; `link` is a name in a pool, whose first digit chooses one of them */
	TIMED_LINKED = 3,  /* a hard link; `link` is a path from the tree's root */
	TIMED_FILE = 4,    /* `link_bytes` bytes of contents */
	TIMED_SYMLINK = 5, /* `link` is its target */
	TIMED_NODE = 6     /* a device or a fifo */
};

enum timed_carries {
	TIMED_OWNER = 1, /* not whoever makes it */
	TIMED_MODE = 2   /* not what it is made with */
};

/*
 * One thing of a tree, in a row of them. Behind it: the name and the link, each with a NUL, then the attributes, each its struct
 * timed_xattr, its key with a NUL, and its value. `bytes` is the way to the next.
 */
struct timed_node {
	uint32_t bytes;
	uint8_t kind;
	uint8_t carries;
	uint16_t name_bytes;
	uint32_t mode, uid, gid, rdev;
	int64_t mtime_sec;
	uint32_t mtime_nsec;
	uint32_t link_bytes;
	uint32_t xattr_count;
	uint32_t unused;
};

struct timed_xattr {
	uint32_t key_bytes;
	uint32_t value_bytes;
};

struct timed_plant {
	const char *const *pools;
	const uint8_t *nodes; /* the first one is the tree's root, the last one its end */
	int64_t bytes;
	int32_t pool_count;
};

/* Makes a tree. 0 or -errno; what was made before a failure stays. */
int timed_plant(const struct timed_plant *plant, struct timed_window *window);

/* Whether SHA-256 is at hand: that of the library that the process brings along. */
int timed_can_digest(void);

#endif
