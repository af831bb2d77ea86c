/*
 * Makes system calls back to back and reads the clock before the first and after the last.
 *
 * The caller prepares paths, options and structures beforehand, so that none of its code runs between two system calls. The
 * library keeps no state; all functions are thread-safe.
 */
#ifndef TIMED_H
#define TIMED_H

#include <stdint.h>

#define TIMED_ARGS 6

/* Steps between system calls, which pass results on. */
enum timed_step {
	TIMED_PRINT = -1, /* writes args[0] as decimal text at address args[1], padded with '/' on the left to args[2] digits, with a NUL if args[2] is 0 */
	TIMED_STORE = -2, /* writes args[0] as 32 bits at address args[1] */
	TIMED_EXPECT = -3 /* fails with errno args[3] unless (32 bits at address args[0] & args[1]) == args[2] */
};

enum timed_flag {
	TIMED_AGAIN = 1, /* repeated on EINTR */
	TIMED_WHOLE = 2, /* write(2): repeated until all bytes are written */
	TIMED_ALWAYS = 4, /* made also after a failure of the list: closes descriptors */
	TIMED_OPENS = 8, /* the result is a descriptor; nothing here closes it */
	TIMED_TO_END = 16 /* repeated until it returns 0, the end of a listing */
};

struct timed_call {
	int64_t args[TIMED_ARGS];
	int16_t result_of[TIMED_ARGS]; /* index of the earlier call whose result is the argument; -1: use args */
	int32_t number;                /* system call, or enum timed_step */
	uint32_t flags;
	int32_t wanted;  /* errno that counts as success, while success means "not yet"; 0: none */
	int32_t not_yet; /* errno that means "not yet"; 0: none */
	int64_t result;  /* -ECANCELED if it was not made after a failure */
};

#define TIMED_NAME_BYTES 4096

struct timed_window {
	int64_t wall_ns;
	int32_t failed; /* index of the call, object or node that failed, or -1 */
	int32_t error;  /* its errno */
	int64_t reads;  /* number of read(2) calls */
	int64_t writes; /* number of write(2) calls */
	int32_t call;   /* batch operations: the system call that failed */
	int32_t verity; /* ingest: enum timed_verity */
	int64_t verity_ns;    /* ingest: enabling fs-verity, part of wall_ns */
	int64_t verity_calls; /* its system calls */
	int64_t verity_files; /* files that have it */
	char name[TIMED_NAME_BYTES]; /* batch operations: the file of the failed call, with a NUL */
};

enum timed_verity {
	TIMED_VERITY_UNTRIED = 0,
	TIMED_VERITY_ENABLED = 1,
	TIMED_VERITY_ABSENT = 2 /* not supported by the file system */
};

/* Version of these declarations; the loader rejects other versions. */
#define TIMED_VERSION 9
int timed_version(void);

int64_t timed_now_ns(void);

/*
 * From now on pauses of this thread, and of threads and processes that it starts, end when they should, and not up to 50 us later
 * (PR_SET_TIMERSLACK). Call it outside of counted and timed windows.
 */
void timed_exact_pauses(void);

/* Makes all calls in order and stops at the first failure. Returns 0 or -errno. */
int timed_run(struct timed_call *calls, int count, struct timed_window *window);

/*
 * Repeats the list, with pauses, until it succeeds. Returns -ETIMEDOUT after limit_ns of "not yet", and any other failure at
 * once.
 */
int timed_wait(struct timed_call *calls, int count, int64_t pause_ns, int64_t limit_ns, struct timed_window *window);

/* Bytes of a digest: SHA-256. */
#define TIMED_DIGEST_BYTES 32

struct timed_object {
	uint8_t digest[TIMED_DIGEST_BYTES];
	int64_t offset; /* in the pack */
	int64_t bytes;
};

enum timed_digests {
	TIMED_TRUSTED = 0,  /* contents are not digested */
	TIMED_DIGESTED = 1, /* digested and compared with the name; fs-verity is enabled if supported */
	TIMED_COMPARED = 2  /* the same without fs-verity */
};

struct timed_ingest {
	const char *pack;
	const char *const *dirs; /* object folders; the first digit of an object selects one */
	const struct timed_object *objects;
	uint8_t *buffer; /* owned by the caller: the kernel would zero a new one inside the window */
	int64_t buffer_bytes;
	int32_t dir_count;
	int32_t object_count;
	int32_t makes_folders; /* make the object folders, and each `ab` before its first object */
	int32_t digests;       /* enum timed_digests */
};

/* Writes each missing object to a temporary name and renames it. 0 or -errno; -EBADMSG: contents differ from the digest. */
int timed_ingest(const struct timed_ingest *ingest, struct timed_window *window);

struct timed_look_up {
	const char *const *dirs; /* link store folders; the first digit of a file's name selects one */
	const uint8_t *names;    /* each TIMED_DIGEST_BYTES, whose hex digits are the name of a file */
	int32_t dir_count;
	int32_t name_count;
};

/* One existence check per file of a link store, up to the first that is missing. The number of files found, or -errno. */
int timed_look_up(const struct timed_look_up *given, struct timed_window *window);

/* A kept image: its manifest; with TIMED_LINKS the names of its files, each TIMED_DIGEST_BYTES. */
struct timed_manifest {
	const void *data; /* the bytes, or the path of the manifest's file if `bytes` is -1 */
	int64_t bytes;
};

/* Amounts and times of a collect. */
struct timed_collected {
	int64_t mark_ns;	/* reading all manifests, or lists of names */
	int64_t live_count;	/* distinct kept objects */
	int64_t live_bytes;	/* memory for their digests */
	int64_t kept_count;	/* files that stay */
	int64_t removed_count;
};

struct timed_collect {
	const char *const *dirs;
	const struct timed_manifest *keep;
	int32_t dir_count;
	int32_t keep_count;
	int32_t removes_folders; /* remove folders that became empty, including the object folders */
	int32_t store;		 /* enum timed_store */
	struct timed_collected *collected;
};

/* Where the files are, and which are kept. */
enum timed_store {
	TIMED_OBJECTS = 0, /* in folders by their first two digits */
	TIMED_LINKS = 1,   /* in the folders themselves, named by all digits; a folder may be missing */
	TIMED_USED = 2     /* the same; kept are those with another name elsewhere, one stat for each */
};

/* Unlinks every object to which no kept manifest redirects. 0 or -errno. */
int timed_collect(const struct timed_collect *collect, struct timed_window *window);

/* Removes a tree with everything in it. 0 or -errno. */
int timed_remove(const char *path, struct timed_window *window);

enum timed_kind {
	TIMED_FOLDER = 0,  /* contains the following nodes up to its end */
	TIMED_END = 1,     /* end of a folder; sets its attributes, because new files inside change its times */
	TIMED_STORED = 2,  /* a hard link; `link` is a name in a link store, its first digit selects the link store */
	TIMED_LINKED = 3,  /* a hard link; `link` is a path from the tree's root */
	TIMED_FILE = 4,    /* `link_bytes` bytes of contents */
	TIMED_SYMLINK = 5, /* `link` is its target */
	TIMED_NODE = 6     /* a device or a fifo */
};

enum timed_carries {
	TIMED_OWNER = 1, /* set the owner */
	TIMED_MODE = 2   /* set the mode */
};

/*
 * One entry of a tree. It is followed by the name and the link, each with a NUL, and by the attributes: each is a struct
 * timed_xattr, the key with a NUL, and the value. `bytes` is the distance to the next node.
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

struct timed_make_tree {
	const char *const *link_stores;
	const uint8_t *nodes; /* the first is the root of the tree, the last its end */
	int64_t bytes;
	int32_t link_store_count;
};

/* Makes a tree. 0 or -errno; after a failure the files made so far stay. */
int timed_make_tree(const struct timed_make_tree *tree, struct timed_window *window);

/* Whether the process provides SHA-256 (OpenSSL). */
int timed_can_digest(void);

/* fs-verity digests of contents that arrive in pieces. NULL without SHA-256 or memory; `final` begins the next file. */
void *timed_digest_open(void);
void timed_digest_update(void *digester, const uint8_t *bytes, uint64_t count);
void timed_digest_final(void *digester, uint8_t digest[TIMED_DIGEST_BYTES]);
void timed_digest_close(void *digester);

#endif
