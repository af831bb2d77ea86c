/*
 * Each thread has its own device descriptor, so that the kernel does not search other threads' requests for a reply's.
 *
 * Needs:  FUSE_DEV_IOC_CLONE (Linux 4.2).
 * Leaves: nothing: after the unmount every thread reads ENODEV.
 * Source: fs/fuse/dev.c (fuse_dev_ioctl_clone).
 */
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "loop.h"

#define STACK_BYTES (64 * 1024)

struct worker {
	const struct server *server;
	pthread_t thread;
	int device_fd;
	struct spin spin;
	int result;
};

unsigned cpus_allowed(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* The last number of a list such as 0-3,8-11, plus one. */
unsigned cpus_possible(void)
{
	char text[256] = "";
	int fd = open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *last = text;

	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return (unsigned)get_nprocs_conf();
	for (const char *at = text; *at != 0; at++)
		if ((*at == '-' || *at == ',') && at[1] != 0)
			last = at + 1;
	return (unsigned)atoi(last) + 1;
}

int thread_start(pthread_t *thread, void *(*work)(void *), void *argument)
{
	pthread_attr_t attributes;
	int err = pthread_attr_init(&attributes);

	if (err != 0)
		return -err;
#ifndef CFS_SANITIZED
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
#endif
	err = pthread_create(thread, &attributes, work, argument);
	pthread_attr_destroy(&attributes);
	return -err;
}

static int clone_device(int device_fd)
{
	uint32_t from = (uint32_t)device_fd;
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, ABI_DEV_CLONE, &from) != 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static int run_worker(const struct worker *worker)
{
	struct loop loop;
	int err = loop_open(&loop, worker->server->reply_bytes, worker->device_fd, worker->spin);

	if (err == 0)
		err = loop_run(&loop, worker->server);
	loop_close(&loop);
	return err;
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;

	worker->result = run_worker(worker);
	if (worker->result != 0)
		log_line(&worker->server->log, "serve: a thread ended: %s", strerror(-worker->result));
	close(worker->device_fd);
	return NULL;
}

static int start_worker(struct worker *worker)
{
	int err;

	worker->device_fd = clone_device(worker->device_fd);
	if (worker->device_fd < 0)
		return worker->device_fd;
	err = thread_start(&worker->thread, worker_main, worker);
	if (err != 0)
		close(worker->device_fd);
	return err;
}

int threads_run(const struct server *server, int device_fd, unsigned count, struct spin spin)
{
	struct worker own = { .server = server, .device_fd = device_fd, .spin = spin };
	struct worker *others = calloc(count, sizeof(*others));
	unsigned started = 0;
	int err = others == NULL ? -ENOMEM : 0;

	for (; err == 0 && started + 1 < count; started++) {
		others[started] = own;
		err = start_worker(&others[started]);
		if (err != 0)
			break;
	}
	/* Started workers end with the mount or with the process. */
	if (err != 0)
		return err;
	/*
	 * The signal thread shares the file descriptor table. With its own table, this thread's calls avoid reference counts of
	 * files. A failure only costs time.
	 */
	if (count <= 1 && unshare(CLONE_FILES) != 0)
		log_line(&server->log, "serve: the file descriptor table stays shared: %s", strerror(errno));
	err = run_worker(&own);
	for (unsigned i = 0; err == 0 && i < started; i++)
		pthread_join(others[i].thread, NULL);
	if (err == 0)
		free(others);
	return err;
}
