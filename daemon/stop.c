/*
 * A thread that sleeps until a signal asks for the end. It costs nothing per request, unlike polling before each read,
 * and closes the gap in which a signal could arrive just before the read blocks.
 *
 * Error:  a parent that dies before the process starts is noticed only through the readiness descriptor.
 * Source: prctl(2) PR_SET_PDEATHSIG, sigwait(3).
 */
#include "stop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "threads.h"

void stop_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
}

int stop_prepare(void)
{
	pid_t parent = getppid();
	sigset_t signals;

	stop_signals(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	/* A pipe without readers is an error to look at, not the end. */
	signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

static void *watch(void *argument)
{
	const struct stop *stop = argument;
	sigset_t signals;
	int signal_number, err;

	stop_signals(&signals);
	while (sigwait(&signals, &signal_number) != 0)
		continue;
	err = mount_detach(stop->mount);
	if (err != 0 && err != -ENOENT && err != -EINVAL) {
		log_line(stop->log, "unmount: cannot detach %s: %s", stop->mount->at, strerror(-err));
		_exit(1);
	}
	/* Not by way of the loop: files that are open beneath the detached mount would keep it waiting. */
	_exit(0);
}

int stop_watch(struct stop *stop)
{
	pthread_t thread;
	int err = thread_start(&thread, watch, stop);

	if (err == 0)
		pthread_detach(thread);
	return err;
}
