/*
 * The conversation with the kernel over /dev/fuse.
 *
 * Does:   read(2) gives exactly one request, write(2) takes exactly one reply.
 * Cost:   two system calls per request, and what the handler does.
 * Source: Documentation/filesystems/fuse/fuse.rst, fs/fuse/dev.c.
 */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int loop_open(struct loop *loop, const struct server *server, int device_fd)
{
	*loop = (struct loop){ .server = server, .device_fd = device_fd };
	loop->request = malloc(REQUEST_BYTES);
	loop->reply = malloc(sizeof(struct fuse_out_header) + REPLY_BODY_BYTES);
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

/* Every operation that is not here is answered with ENOSYS; for OPEN and OPENDIR that also means: never ask again. */
static handler *handler_of(uint32_t opcode)
{
	switch (opcode) {
	case FUSE_INIT:
		return serve_init;
	case FUSE_LOOKUP:
		return serve_lookup;
	case FUSE_GETATTR:
		return serve_getattr;
	case FUSE_READLINK:
		return serve_readlink;
	case FUSE_READ:
		return serve_read;
	case FUSE_READDIR:
		return serve_readdir;
	case FUSE_READDIRPLUS:
		return serve_readdirplus;
	case FUSE_GETXATTR:
		return serve_getxattr;
	case FUSE_LISTXATTR:
		return serve_listxattr;
	case FUSE_STATFS:
		return serve_statfs;
	default:
		return NULL;
	}
}

/* FORGET has nothing to forget here, INTERRUPT nothing to interrupt; both must not be answered. */
static bool wants_reply(uint32_t opcode)
{
	return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET && opcode != FUSE_INTERRUPT;
}

static int serve(struct loop *loop, const struct request *request)
{
	struct reply reply = {
		.body = loop->reply + sizeof(struct fuse_out_header),
		.room_bytes = REPLY_BODY_BYTES,
	};
	handler *serve_one = handler_of(request->head->opcode);

	if (serve_one != NULL)
		return serve_one(loop->server, request, &reply);
	return request->head->opcode == FUSE_DESTROY ? 0 : -ENOSYS;
}

static int send_reply(const struct loop *loop, uint64_t unique, int result)
{
	uint32_t body_bytes = result > 0 ? (uint32_t)result : 0;
	struct fuse_out_header head = {
		.len = (uint32_t)sizeof(head) + body_bytes,
		.error = result < 0 ? result : 0,
		.unique = unique,
	};

	memcpy(loop->reply, &head, sizeof(head));
	/* ENOENT: whoever asked is gone. */
	if (write(loop->device_fd, loop->reply, head.len) >= 0 || errno == ENOENT)
		return 0;
	return -errno;
}

/* Test builds can be slower by a known time per request, so that a comparison has something real to find. */
static void test_delay(void)
{
#ifdef CFS_TEST_DELAY_NS
	struct timespec from;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &from);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - from.tv_sec) * 1000000000L + (now.tv_nsec - from.tv_nsec) < CFS_TEST_DELAY_NS);
#endif
}

static int answer(struct loop *loop, const struct request *request)
{
	int result = serve(loop, request);
	int err;

	test_delay();
	err = send_reply(loop, request->head->unique, result);

	if (err != -EINVAL)
		return err == -EINTR ? 0 : err;
	/* The kernel refused the reply, so that is a fault here; without any reply somebody would wait for ever. */
	log_line(&loop->server->log, "reply to opcode %u refused by the kernel (result %d)", request->head->opcode,
		 result);
	err = send_reply(loop, request->head->unique, -EIO);
	return err == -EINVAL ? 0 : err;
}

int loop_run(struct loop *loop)
{
	for (;;) {
		const struct fuse_in_header *head = (const struct fuse_in_header *)(void *)loop->request;
		ssize_t got = read(loop->device_fd, loop->request, REQUEST_BYTES);
		struct request request;
		int err;

		if (got < 0) {
			/* ENOENT: the request was withdrawn just then. */
			if (errno == EINTR || errno == EAGAIN || errno == ENOENT)
				continue;
			return errno == ENODEV ? 0 : -errno;
		}
		if ((size_t)got < sizeof(*head))
			return -EPROTO;
		stats_count(&loop->server->stats, head->opcode);
		if (!wants_reply(head->opcode))
			continue;
		request = (struct request){
			.head = head,
			.body = loop->request + sizeof(*head),
			.body_bytes = (uint32_t)got - (uint32_t)sizeof(*head),
		};
		err = answer(loop, &request);
		if (err != 0)
			return err == -ENODEV ? 0 : err;
	}
}
