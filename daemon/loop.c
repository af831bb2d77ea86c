/*
 * Requests and replies over /dev/fuse.
 *
 * Does:   read(2) gives exactly one request, write(2) takes exactly one reply.
 * Cost:   two system calls per request, and the handler; polls between them where wait.h finds that they pay.
 * Source: Documentation/filesystems/fuse/fuse.rst, fs/fuse/dev.c.
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dispatch.h"

int loop_open(struct loop *loop, uint32_t reply_bytes, int device_fd, struct spin spin)
{
	*loop = (struct loop){ .device_fd = device_fd };
	wait_open(&loop->wait, spin);
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
	if (loop->wait.adapts)
		stats_add(&server->stats, loop->wait.polls ? STATS_POLLED : STATS_SLEPT);
	wait_arrived(&loop->wait);
	err = dispatch(server, loop->request, (uint32_t)got, loop->reply + sizeof(struct fuse_out_header), &outcome);
	if (err != 0 || !outcome.needs_reply)
		return err;
	return reply_or_eio(loop, server, (const struct fuse_in_header *)(void *)loop->request, outcome.result);
}

static bool has_request(void *argument)
{
	struct pollfd waiting = { .fd = *(const int *)argument, .events = POLLIN };

	return poll(&waiting, 1, 0) != 0;
}

int loop_run(struct loop *loop, const struct server *server)
{
	for (;;) {
		int err = loop_step(loop, server);

		if (err != 0)
			return err == -ENODEV ? 0 : err;
		wait_poll(&loop->wait, has_request, &loop->device_fd);
	}
}
