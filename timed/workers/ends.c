#include "ends.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "programs.h"

/* The shared server may take this part of the time to its end that it may take to its start. */
#define END_PART 5

void ends_say(const char *who, int status)
{
	if (WIFSIGNALED(status))
		fprintf(stderr, "workers: %s was killed by signal %d\n", who, WTERMSIG(status));
	else
		fprintf(stderr, "workers: %s ended with exit code %d\n", who, WEXITSTATUS(status));
}

int ends_server(pid_t pid, const struct step *start)
{
	struct programs programs = {.servers = {pid}};
	const struct step step = {.limit_ns = start->limit_ns / END_PART};
	int status = 0;
	int err;

	kill(pid, SIGTERM);
	err = programs_exited(&programs, &step, &status);
	if (err == 0 || (err == -ECHILD && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM))
		return 1;
	programs_kill(&programs);
	if (err == -ETIMEDOUT)
		fputs("workers: the shared server did not end after SIGTERM and was killed\n", stderr);
	else if (err != -ECHILD)
		fprintf(stderr, "workers: cannot wait for the shared server: %s\n", strerror(-err));
	else
		ends_say("the shared server", status);
	return 0;
}
