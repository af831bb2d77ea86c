#include "dispatch.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "guard.h"

/* Other operations get ENOSYS. For OPEN and OPENDIR the kernel then stops asking. */
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
	case FUSE_OPEN:
		return serve_open;
	case FUSE_READ:
		return serve_read;
	case FUSE_RELEASE:
		return serve_release;
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

/*
 * FORGET and INTERRUPT get no reply and need no work: nothing is kept per node, and no request waits for anything but a disk or a
 * fetcher, whose wait is not interrupted.
 */
static bool needs_reply(uint32_t opcode)
{
	return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET && opcode != FUSE_INTERRUPT;
}

/* Test builds delay each request by a known time, which comparisons must find. */
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

struct call {
	handler *serve;
	const struct server *server;
	const struct request *request;
	struct reply *reply;
};

static int make_call(void *context)
{
	const struct call *call = context;

	return call->serve(call->server, call->request, call->reply);
}

int dispatch(const struct server *server, const uint8_t *request, uint32_t bytes, uint8_t *body,
	     struct outcome *outcome)
{
	const struct fuse_in_header *head = (const struct fuse_in_header *)(const void *)request;
	struct reply reply = { .body = body, .room_bytes = server->reply_bytes };
	struct request whole;
	struct call call;

	if (bytes < sizeof(*head))
		return -EPROTO;
	whole = (struct request){
		.head = head,
		.body = request + sizeof(*head),
		.body_bytes = bytes - (uint32_t)sizeof(*head),
	};
	stats_count(&server->stats, head->opcode);
	*outcome = (struct outcome){ .needs_reply = needs_reply(head->opcode) };
	if (!outcome->needs_reply)
		return 0;
	call = (struct call){ handler_of(head->opcode), server, &whole, &reply };
	if (call.serve != NULL)
		outcome->result = guarded(make_call, &call);
	else
		outcome->result = head->opcode == FUSE_DESTROY ? 0 : -ENOSYS;
	test_delay();
	return 0;
}

struct fuse_out_header reply_header(uint64_t unique, int result)
{
	return (struct fuse_out_header){
		.len = (uint32_t)(sizeof(struct fuse_out_header) + (result > 0 ? (uint32_t)result : 0)),
		.error = result < 0 ? result : 0,
		.unique = unique,
	};
}
