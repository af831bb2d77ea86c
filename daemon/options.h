/* The command line. */
#ifndef CFS_OPTIONS_H
#define CFS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "names.h"
#include "objects.h"
#include "verity.h"
#include "wait.h"

#define CFS_VERSION "0.1.0"

#define CONTROLS_MAX 64

enum options_task { TASK_MOUNT, TASK_SHARE, TASK_CHECK, TASK_HELP, TASK_VERSION };
enum options_transport { TRANSPORT_READ_WRITE, TRANSPORT_THREADS, TRANSPORT_URING };

struct options {
	enum options_task task;
	const char *image;
	const char *mount_point;
	const char *object_dirs[OBJECT_DIRS_MAX];
	int object_dir_count;
	/* -1: none. */
	int ready_fd;
	/* The first of the sockets for control messages, which have consecutive numbers; -1: one mount, given on the command line. */
	int control_fd;
	int control_count;
	/* The socket of a fetcher of missing objects. */
	const char *fetch;
	const char *stats;
	const char *log;
	enum xattr_mode xattr;
	bool passthrough;
	bool metadata_only;
	bool strict;
	bool requires_verity;
	/* Of the image, enforced by the kernel. */
	bool has_digest;
	uint8_t digest[VERITY_DIGEST_BYTES];
	enum options_transport transport;
	/* 0: the number of CPUs. */
	uint32_t threads;
	struct spin spin;
};

#define OPTIONS_WHY_BYTES 256

/* False, with a message in `why`, for wrong usage. */
bool options_parse(struct options *options, int argc, char **argv, char why[OPTIONS_WHY_BYTES]);

extern const char options_help[];

#endif
