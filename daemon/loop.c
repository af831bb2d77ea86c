/*
 * Requests and replies over /dev/fuse.
 *
 * Does:   read(2) gives exactly one request, write(2) takes exactly one reply.
 * Cost:   two system calls per request, and the handler. A loop that spins uses its CPU for that time after each request,
 *         and saves a wake-up if the next request arrives meanwhile.
 * Source: Documentation/filesystems/fuse/fuse.rst, fs/fuse/dev.c.
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "dispatch.h"

int loop_open(struct loop *loop, uint32_t reply_bytes, int device_fd, uint32_t spin_us)
{
	*loop = (struct loop){ .device_fd = device_fd, .spin_ns = (uint64_t)spin_us * 1000 };
	loop->request = malloc(REQUEST_BYTES);
	loop->reply = malloc(sizeof(struct fuse_out_header) + reply_bytes);
	if (loop->request != NULL && loop->reply != NULL)
		return 0;
	loop_close(loop);
	return -ENOMEM;
}

void loop_close(struct loop *loop)
{
	free(loop->request);
	free(loop->reply);
	*loop = (struct loop){ 0 };
}

/* Direct system calls: with two threads, libc's wrappers add the cost of cancellation points, which are not used here. */
static ssize_t device_read(const struct loop *loop)
{
	return syscall(SYS_read, loop->device_fd, loop->request, REQUEST_BYTES);
}

static ssize_t device_write(const struct loop *loop, uint32_t bytes)
{
	return syscall(SYS_write, loop->device_fd, loop->reply, (size_t)bytes);
}

static int send_reply(const struct loop *loop, uint64_t unique, int result)
{
	struct fuse_out_header head = reply_header(unique, result);

	memcpy(loop->reply, &head, sizeof(head));
	/* ENOENT: the request was aborted. */
	if (device_write(loop, head.len) >= 0 || errno == ENOENT)
		return 0;
	return -errno;
}

static int reply_or_eio(const struct loop *loop, const struct server *server, const struct fuse_in_header *head, int result)
{
	int err = send_reply(loop, head->unique, result);

	if (err != -EINVAL)
		return err == -EINTR ? 0 : err;
	/* The kernel refuses only malformed replies: a bug of this server. Without a reply the caller would wait forever. */
	log_line(&server->log, "reply to opcode %u refused by the kernel (result %d)", head->opcode, result);
	err = send_reply(loop, head->unique, -EIO);
	return err == -EINVAL ? 0 : err;
}

int loop_step(struct loop *loop, const struct server *server)
{
	ssize_t got = device_read(loop);
	struct outcome outcome;
	int err;

	/* ENOENT: the request was aborted before the read. */
	if (got < 0)
		return errno == EINTR || errno == EAGAIN || errno == ENOENT ? 0 : -errno;
	err = dispatch(server, loop->request, (uint32_t)got, loop->reply + sizeof(struct fuse_out_header), &outcome);
	if (err != 0 || !outcome.needs_reply)
		return err;
	return reply_or_eio(loop, server, (const struct fuse_in_header *)(void *)loop->request, outcome.result);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Polls until a request arrives or the spin time is over. */
static void spin(const struct loop *loop)
{
	struct pollfd waiting = { .fd = loop->device_fd, .events = POLLIN };
	uint64_t until_ns = now_ns() + loop->spin_ns;

	while (poll(&waiting, 1, 0) == 0 && now_ns() < until_ns)
		continue;
}

int loop_run(struct loop *loop, const struct server *server)
{
	for (;;) {
		int err = loop_step(loop, server);

		if (err != 0)
			return err == -ENODEV ? 0 : err;
		if (loop->spin_ns != 0)
			spin(loop);
	}
}
