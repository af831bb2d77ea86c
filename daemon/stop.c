/*
 * A thread that waits for a signal and ends the process. Unlike polling before each read it costs nothing per request,
 * and no signal can be missed between a poll and the read.
 *
 * Error:  a parent that dies before the process starts is noticed only by the write to the readiness descriptor.
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
	/* Writes to a closed pipe must fail, not end the process. */
	signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

static void *wait_for_signal(void *argument)
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
	/* Do not wait for the loop: open files of the detached mount would keep it running. */
	_exit(0);
}

int stop_watch(struct stop *stop)
{
	pthread_t thread;
	int err = thread_start(&thread, wait_for_signal, stop);

	if (err == 0)
		pthread_detach(thread);
	return err;
}
