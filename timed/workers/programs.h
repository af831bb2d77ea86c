/* Programs that a life starts: commands, and servers behind its mount. */
#ifndef WORKERS_PROGRAMS_H
#define WORKERS_PROGRAMS_H

#include <sys/types.h>

#include "script.h"

struct programs {
	const struct script *script;
	char **environment;
	pid_t owner; /* the process that starts them */
	int null_fd;
	int error_fd; /* standard error of the programs that it starts; emptied before each life */
	pid_t servers[SERVERS_MAX];
};

int programs_open(struct programs *programs, const struct script *script);

/* Each returns 0, or -errno. A process that ended with another code than 0 is -ECHILD, with its status in `status`. */
int programs_command(struct programs *programs, const struct step *step, int *status);
int programs_serve(struct programs *programs, const struct step *step, int *status);
int programs_exited(struct programs *programs, const struct step *step, int *status);

/* Starts the shared server with `count` control sockets, whose ends for the workers are in `controls`. 0 or -errno. */
int programs_share(struct programs *programs, const struct step *step, int count, int *controls, pid_t *pid);

/* Empties the standard error of earlier programs, so that no later failure is explained by it. */
void programs_forget(const struct programs *programs);

/* Kills the servers that still run. */
void programs_kill(struct programs *programs);

/* The end of the standard error of the program that failed; empties it. */
void programs_tail(struct programs *programs, char *tail);

#endif
