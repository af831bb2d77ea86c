/*
 * A libFuzzer target: a small image, then any bytes as requests to a server of it.
 *
 * Input:  one byte of options, two bytes with the length of the image in units of 64 bytes, the image, then requests: two
 *         bytes of length each.
 * Checks: the result of a request fits its reply, and is an errno that the kernel takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bytes.h"
#include "../dispatch.h"

/* As with io_uring: the smallest that there is. */
#define REPLY_BYTES (128u * 1024u)
#define ERRNO_LAST 511

static const struct log silent = { .fd = -1 };

static void check(const struct answer *answer)
{
	if (answer->wanted && (answer->result < -ERRNO_LAST || answer->result > (int)REPLY_BYTES))
		abort();
}

static void serve_requests(const struct server *server, const uint8_t *data, size_t size, uint8_t *reply)
{
	for (size_t at = 0; size - at > 2;) {
		size_t bytes = le16(data + at);
		struct answer answer = { 0 };
		uint8_t *request;

		at += 2;
		if (bytes > size - at)
			bytes = size - at;
		/* Of its own size, so that a look behind its end is noticed. */
		request = malloc(bytes == 0 ? 1 : bytes);
		if (request == NULL)
			abort();
		memcpy(request, data + at, bytes);
		at += bytes;
		if (dispatch(server, request, (uint32_t)bytes, reply, &answer) == 0)
			check(&answer);
		free(request);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct learned learned = { 0 };
	struct server server = { .log = silent, .reply_bytes = REPLY_BYTES, .learned = &learned };
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
	server.says_unsupported = data[0] & 2;
	server.wants_passthrough = data[0] & 4;
	server.view = (enum xattr_view)(data[0] >> 3 & 3) % 3;
	names_init(&learned.names);
	/* No device: passthrough is refused, which is a case of its own. */
	backing_init(&learned.backing, -1);
	objects_add(&server.objects, "/proc/self/fdinfo");
	reply = malloc(REPLY_BYTES);
	if (reply == NULL)
		abort();
	serve_requests(&server, data + 3 + image_bytes, size - 3 - image_bytes, reply);
	free(reply);
	backing_close(&learned.backing);
	objects_close(&server.objects);
	return 0;
}
