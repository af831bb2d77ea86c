/*
 * Programs that a life starts.
 *
 * Does:    vfork(2) and execve(2) with an absolute path and a clean environment; a pidfd shows the exit. A program is killed when its
 *          worker ends, unless it asks for another signal (PR_SET_PDEATHSIG), as cfs-fuse does. posix_spawn(3) cannot do that.
 * Needs:   no signal of this process is blocked, ignored or handled, since programs inherit that.
 * Leaves:  a server that is not awaited; programs_kill ends it.
 * Source:  vfork(2), prctl(2), pidfd_open(2), wait4(2).
 */
#include "programs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHANNEL_FD 3
#define ARGUMENTS_MAX 256
#define ENVIRONMENT_MAX 64
#define EXIT_NOT_STARTED 127

/* `count` strings, one after the other. */
static void list_strings(char *at, int64_t count, char **into)
{
	for (int64_t i = 0; i < count; i++) {
		into[i] = at;
		at += strlen(at) + 1;
	}
	into[count] = NULL;
}

int programs_open(struct programs *programs, const struct script *script)
{
	static char *environment[ENVIRONMENT_MAX + 1];

	memset(programs, 0, sizeof(*programs));
	programs->script = script;
	programs->owner = getpid();
	if (script->environment_count > ENVIRONMENT_MAX)
		return -E2BIG;
	list_strings(script_at(script, script->environment), script->environment_count, environment);
	programs->environment = environment;
	programs->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	programs->error_fd = memfd_create("workers-errors", MFD_CLOEXEC);
	if (programs->null_fd < 0 || programs->error_fd < 0 || fcntl(programs->error_fd, F_SETFL, O_APPEND) < 0)
		return -errno;
	return 0;
}

struct starting {
	const struct programs *programs;
	char *arguments[ARGUMENTS_MAX + 1];
	int count; /* of channels */
	const int *channels;
};

/* Duplicates a descriptor for the program. */
static bool pass_on(int fd, int as)
{
	return fd == as ? fcntl(fd, F_SETFD, 0) == 0 : dup2(fd, as) == as;
}

/* The new process until its program begins. It has the memory of its worker, which waits. Returns an errno. */
static int become(const struct starting *starting)
{
	const struct programs *programs = starting->programs;
	bool passed;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return errno;
	if (getppid() != programs->owner)
		return ESRCH;
	passed = pass_on(programs->null_fd, 0) && pass_on(programs->null_fd, 1) && pass_on(programs->error_fd, 2);
	for (int i = 0; passed && i < starting->count; i++)
		passed = pass_on(starting->channels[i], CHANNEL_FD + i);
	if (passed)
		execve(starting->arguments[0], starting->arguments, programs->environment);
	return errno;
}

/* `channels` become descriptors from 3 on. Returns the process id, or -errno. */
static pid_t start(const struct programs *programs, const struct step *step, int count, const int *channels)
{
	struct starting starting = {.programs = programs, .count = count, .channels = channels};
	volatile int err = 0;
	pid_t pid;

	if (step->count > ARGUMENTS_MAX)
		return -E2BIG;
	list_strings(script_at(programs->script, step->at), step->count, starting.arguments);
	pid = vfork();
	if (pid == 0) {
		err = become(&starting);
		_exit(EXIT_NOT_STARTED);
	}
	if (pid < 0)
		return -errno;
	if (err == 0)
		return pid;
	waitpid(pid, NULL, 0);
	return -err;
}

static int reap(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return *status == 0 ? 0 : -ECHILD;
}

int programs_command(struct programs *programs, const struct step *step, int *status)
{
	pid_t pid = start(programs, step, 0, NULL);

	return pid < 0 ? pid : reap(pid, status);
}

/* Returns 1 if readable or at its end, 0 when the limit passed. */
static int readable(int fd, int64_t limit_ns)
{
	struct pollfd entry = {.fd = fd, .events = POLLIN};
	int ready;

	do
		ready = poll(&entry, 1, (int)(limit_ns / 1000000));
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* Its status says nothing about the program: this process killed it. */
static int kill_and_reap(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	reap(pid, &status);
	return -ETIMEDOUT;
}

/* Reaps a process that ends within the limit; -ETIMEDOUT: it runs on. */
static int reap_within(pid_t pid, int64_t limit_ns, int *status)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int ended;

	if (pidfd < 0)
		return -errno;
	ended = readable(pidfd, limit_ns);
	close(pidfd);
	return ended ? reap(pid, status) : -ETIMEDOUT;
}

/* Waits for the byte of a server that is ready. */
static int await_ready(int channel, pid_t pid, int64_t limit_ns, int *status)
{
	char byte;
	int err;

	if (!readable(channel, limit_ns))
		return kill_and_reap(pid);
	if (read(channel, &byte, 1) == 1)
		return 0;
	/* It has closed its end without the byte, so it has ended or never will be ready. */
	err = reap_within(pid, limit_ns, status);
	if (err == -ETIMEDOUT)
		return kill_and_reap(pid);
	return err == 0 ? -ECHILD : err;
}

int programs_serve(struct programs *programs, const struct step *step, int *status)
{
	int channel[2];
	pid_t pid;
	int err;

	if (pipe2(channel, O_CLOEXEC) < 0)
		return -errno;
	pid = start(programs, step, 1, &channel[1]);
	close(channel[1]);
	err = pid < 0 ? pid : await_ready(channel[0], pid, step->limit_ns, status);
	close(channel[0]);
	programs->servers[step->server] = err == 0 ? pid : 0;
	return err;
}

int programs_exited(struct programs *programs, const struct step *step, int *status)
{
	int err = reap_within(programs->servers[step->server], step->limit_ns, status);

	/* One that runs on is killed later. */
	if (err == 0 || err == -ECHILD)
		programs->servers[step->server] = 0;
	return err;
}

/* The server's end has a number above those that it gets in the server, so that none is overwritten. 0 or -errno. */
static int open_control(int *own, int *servers, int count)
{
	int ends[2];
	int err = 0;

	*own = -1;
	*servers = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	*own = ends[0];
	*servers = fcntl(ends[1], F_DUPFD_CLOEXEC, CHANNEL_FD + count);
	if (*servers < 0)
		err = -errno;
	close(ends[1]);
	return err;
}

int programs_share(struct programs *programs, const struct step *step, int count, int *controls, pid_t *pid)
{
	int servers[WORKERS_MAX];
	int status = 0;
	int opened = 0;
	int err = 0;

	for (; err == 0 && opened < count; opened++)
		err = open_control(&controls[opened], &servers[opened], count);
	if (err == 0)
		*pid = start(programs, step, count, servers);
	for (int i = 0; i < opened; i++)
		if (servers[i] >= 0)
			close(servers[i]);
	if (err < 0 || *pid < 0)
		return err < 0 ? err : *pid;
	return await_ready(controls[0], *pid, step->limit_ns, &status);
}

void programs_forget(const struct programs *programs)
{
	if (ftruncate(programs->error_fd, 0) < 0)
		perror("workers: standard error of programs");
}

void programs_kill(struct programs *programs)
{
	for (int i = 0; i < SERVERS_MAX; i++) {
		if (programs->servers[i] <= 0)
			continue;
		kill_and_reap(programs->servers[i]);
		programs->servers[i] = 0;
	}
}

void programs_tail(struct programs *programs, char *tail)
{
	off_t end = lseek(programs->error_fd, 0, SEEK_END);
	off_t from = end > TAIL_BYTES - 1 ? end - (TAIL_BYTES - 1) : 0;
	ssize_t bytes = pread(programs->error_fd, tail, TAIL_BYTES - 1, from);

	tail[bytes > 0 ? bytes : 0] = '\0';
	if (ftruncate(programs->error_fd, 0) < 0)
		tail[0] = '\0';
}
