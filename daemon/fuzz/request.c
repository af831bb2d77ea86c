/*
 * A libFuzzer target: a small image, then arbitrary bytes as requests to its server.
 *
 * Input:  one byte of options, two bytes with the length of the image in units of 64 bytes, the image, then requests: two
 *         bytes of length each.
 * Checks: the result of a request fits its reply, or is an errno that the kernel accepts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bytes.h"
#include "../dispatch.h"

/* The reply size with io_uring, the smallest in use. */
#define REPLY_BYTES (128u * 1024u)
#define ERRNO_LAST 511

static const struct log silent = { .fd = -1 };

static void check(const struct outcome *outcome)
{
	if (outcome->needs_reply && (outcome->result < -ERRNO_LAST || outcome->result > (int)REPLY_BYTES))
		abort();
}

static void serve_requests(const struct server *server, const uint8_t *data, size_t size, uint8_t *reply)
{
	for (size_t at = 0; size - at > 2;) {
		size_t bytes = le16(data + at);
		struct outcome outcome = { 0 };
		uint8_t *request;

		at += 2;
		if (bytes > size - at)
			bytes = size - at;
		/* An exact allocation, so that the sanitizer sees reads after its end. */
		request = malloc(bytes == 0 ? 1 : bytes);
		if (request == NULL)
			abort();
		memcpy(request, data + at, bytes);
		at += bytes;
		if (dispatch(server, request, (uint32_t)bytes, reply, &outcome) == 0)
			check(&outcome);
		free(request);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mount_state mount_state = { 0 };
	struct server server = { .log = silent, .fetch = { .socket_fd = -1 }, .reply_bytes = REPLY_BYTES, .mount_state = &mount_state };
	const char *why;
	uint8_t *reply;
	size_t image_bytes;

	if (size < 3)
		return 0;
	image_bytes = (size_t)le16(data + 1) * 64;
	if (image_bytes > size - 3)
		image_bytes = size - 3;
	if (image_from_bytes(&server.image, data + 3, image_bytes, &why) != 0)
		return 0;
	server.lists_trusted = data[0] & 1;
	server.xattr = (data[0] & 2) == 0 ? XATTR_FULL : (data[0] & 32) == 0 ? XATTR_NO_ACL : XATTR_AUTO;
	server.wants_passthrough = data[0] & 4;
	server.view = (enum xattr_view)(data[0] >> 3 & 3) % 3;
	names_init(&mount_state.names);
	/* Without a device, passthrough is refused. */
	backing_init(&mount_state.backing, -1);
	objects_add(&server.objects, "/proc/self/fdinfo");
	reply = malloc(REPLY_BYTES);
	if (reply == NULL)
		abort();
	serve_requests(&server, data + 3 + image_bytes, size - 3 - image_bytes, reply);
	free(reply);
	backing_close(&mount_state.backing);
	objects_close(&server.objects);
	return 0;
}
