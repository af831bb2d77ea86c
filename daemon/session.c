#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "loop.h"
#include "privileges.h"

/* With io_uring every queue has room for the largest reply: what one readahead asks for. */
#define URING_REPLY_BYTES (128u * 1024u)

static int fail(char *why, const char *what, const char *path, const char *sentence, int err)
{
	snprintf(why, SESSION_WHY_BYTES, "%s: %s%s%s%s%s", what, path, sentence[0] == ':' || sentence[0] == 0 ? "" : " ",
		 sentence, err == 0 ? "" : ": ", err == 0 ? "" : strerror(-err));
	return -1;
}

static int prepare(struct session *session, const struct options *options, const struct session_parts *parts,
		   char *why)
{
	struct server *server = &session->server;
	bool initial = in_initial_user_namespace();
	const char *sentence;
	int err = image_open(&server->image, parts->image, &sentence);

	if (err != 0)
		return fail(why, "image", parts->image, sentence, err == -EUCLEAN ? 0 : err);
	for (int i = 0; i < parts->object_dir_count; i++) {
		err = objects_add(&server->objects, parts->object_dirs[i]);
		if (err != 0)
			return fail(why, "objects", parts->object_dirs[i], "", err);
	}
	if (parts->stats != NULL && (err = stats_open(&server->stats, parts->stats)) != 0)
		return fail(why, "stats", parts->stats, "", err);
	server->lists_trusted = initial;
	server->says_unsupported = options->xattr_auto;
	server->wants_passthrough = options->passthrough;
	server->wants_uring = options->transport == TRANSPORT_URING;
	server->strict = options->strict;
	server->reply_bytes = server->wants_uring ? URING_REPLY_BYTES : REPLY_BODY_BYTES;
	if (options->metadata_only)
		server->view = initial ? VIEW_LAYER : VIEW_LAYER_USER;
	return 0;
}

/* The first request is INIT, and it is there as soon as the mount is. */
static int agree(struct session *session)
{
	struct loop loop;
	int err = loop_open(&loop, session->server.reply_bytes, session->mount.device_fd, 0);

	while (err == 0 && !session->learned.initialized)
		err = loop_step(&loop, &session->server);
	loop_close(&loop);
	return err;
}

static int check_agreed(const struct session *session, const char *at, char *why)
{
	if (session->server.wants_uring && !session->learned.uring)
		return fail(why, "transport", at, ": the kernel offers no FUSE over io_uring (Linux 6.14 with enable_uring=Y)",
			    0);
	if (!session->server.wants_passthrough || session->learned.passthrough)
		return 0;
	if (session->server.strict)
		return fail(why, "passthrough", at, ": the kernel does not offer it (Linux 6.9)", 0);
	log_line(&session->server.log, "passthrough: %s: the kernel does not offer it, objects are read by requests", at);
	return 0;
}

int session_open(struct session *session, const struct options *options, const struct log *log,
		 const struct session_parts *parts, char why[SESSION_WHY_BYTES])
{
	const char *sentence;
	int err;

	*session = (struct session){ .server = { .log = *log }, .mount = { .device_fd = -1 } };
	session->server.learned = &session->learned;
	names_init(&session->learned.names);
	backing_init(&session->learned.backing, -1);
	err = prepare(session, options, parts, why);
	if (err == 0) {
		err = mount_open(&session->mount, parts->image, parts->mount_point, &sentence);
		if (err == 0) {
			session->learned.backing.device_fd = session->mount.device_fd;
			err = agree(session);
			if (err != 0)
				err = fail(why, "mount", parts->mount_point, ": the kernel ended the conversation", err);
			else
				err = check_agreed(session, parts->mount_point, why);
			if (err != 0)
				mount_detach(&session->mount);
		} else {
			snprintf(why, SESSION_WHY_BYTES, "mount: %s: %s: %s", parts->mount_point, sentence,
				 strerror(-err));
		}
	}
	if (err == 0)
		return 0;
	session_close(session);
	return -1;
}

void session_close(struct session *session)
{
	mount_close(&session->mount);
	backing_close(&session->learned.backing);
	objects_close(&session->server.objects);
	stats_close(&session->server.stats);
	image_close(&session->server.image);
}
