/* The command line. */
#ifndef CFS_OPTIONS_H
#define CFS_OPTIONS_H

#include <stdbool.h>

#include "objects.h"

#define CFS_VERSION "0.1.0"

enum options_task { TASK_MOUNT, TASK_CHECK, TASK_HELP, TASK_VERSION };

struct options {
	enum options_task task;
	const char *image;
	const char *mount_point;
	const char *object_dirs[OBJECT_DIRS_MAX];
	int object_dir_count;
	/* -1 where nobody waits. */
	int ready_fd;
	const char *stats;
	const char *log;
};

/* False, with `why` a sentence, when they make no sense. */
bool options_parse(struct options *options, int argc, char **argv, const char **why);

extern const char options_help[];

#endif
