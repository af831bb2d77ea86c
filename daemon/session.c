#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "loop.h"
#include "privileges.h"
#include "verity.h"

/* With io_uring every queue has room for the largest reply, so replies are limited to one readahead. Whole pages, too. */
#define URING_REPLY_BYTES (128u * 1024u)

static int fail(char *why, const char *step, const char *path, const char *reason, int err)
{
	snprintf(why, SESSION_WHY_BYTES, "%s: %s%s%s%s%s", step, path, reason[0] == ':' || reason[0] == 0 ? "" : " ",
		 reason, err == 0 ? "" : ": ", err == 0 ? "" : strerror(-err));
	return -1;
}

/* The measured file is the mapped one, even if the path changed meanwhile; the kernel enforces the digest. */
static int check_digest(int fd, const uint8_t *wanted, const char **why)
{
	uint8_t digest[VERITY_DIGEST_BYTES];
	int err = verity_measure(fd, digest);

	if (err == -ENODATA || err == -EOPNOTSUPP) {
		*why = "has no fs-verity digest";
		err = -EUCLEAN;
	} else if (err == 0 && memcmp(digest, wanted, sizeof(digest)) != 0) {
		*why = "has another fs-verity digest than --digest";
		err = -EUCLEAN;
	}
	return err;
}

struct mapping {
	struct image *img;
	int fd;
	const char **why;
};

static int map_one(void *context)
{
	const struct mapping *one = context;

	return image_map(one->img, one->fd, one->why);
}

/* The descriptor is closed also if a page of the head cannot be read. `digest` NULL: not measured. */
static int open_image(struct image *img, const char *path, const uint8_t *digest, const char **why)
{
	struct mapping mapping = { .img = img, .fd = open(path, IMAGE_FLAGS), .why = why };
	int err = 0;

	*why = "cannot be read";
	if (mapping.fd < 0)
		return -errno;
	if (digest != NULL)
		err = check_digest(mapping.fd, digest, why);
	if (err == 0)
		err = guarded(map_one, &mapping);
	close(mapping.fd);
	return err;
}

static int prepare(struct session *session, const struct options *options, const struct session_parts *parts,
		   char *why)
{
	struct server *server = &session->server;
	bool initial = in_initial_user_namespace();
	const char *reason;
	int err = open_image(&server->image, parts->image, options->has_digest ? options->digest : NULL, &reason);

	if (err != 0)
		return fail(why, "image", parts->image, reason, err == -EUCLEAN ? 0 : err);
	for (int i = 0; i < parts->object_dir_count; i++) {
		err = objects_add(&server->objects, parts->object_dirs[i]);
		if (err != 0)
			return fail(why, "objects", parts->object_dirs[i], "", err);
	}
	if (options->fetch != NULL && (err = fetch_open(&server->fetch, options->fetch)) != 0)
		return fail(why, "fetch", options->fetch, "", err);
	if (parts->stats != NULL && (err = stats_open(&server->stats, parts->stats)) != 0)
		return fail(why, "stats", parts->stats, "", err);
	server->lists_trusted = initial;
	server->xattr = options->xattr;
	server->wants_passthrough = options->passthrough;
	server->wants_uring = options->transport == TRANSPORT_URING;
	server->strict = options->strict;
	server->requires_verity = options->requires_verity;
	server->reply_bytes = server->wants_uring ? URING_REPLY_BYTES : REPLY_BODY_BYTES;
	if (options->metadata_only)
		server->view = initial ? VIEW_LAYER : VIEW_LAYER_USER;
	return 0;
}

/* Serves INIT, the first request, which is pending after the mount. -EPROTO if it was refused. */
static int negotiate(struct session *session)
{
	struct loop loop;
	int err = loop_open(&loop, session->server.reply_bytes, session->mount.device_fd, (struct spin){ 0 });

	while (err == 0 && !session->mount_state.initialized && !session->mount_state.refused)
		err = loop_step(&loop, &session->server);
	loop_close(&loop);
	return err == 0 && session->mount_state.refused ? -EPROTO : err;
}

static int check_negotiated(const struct session *session, const char *at, char *why)
{
	if (session->server.wants_uring && !session->mount_state.uring)
		return fail(why, "transport", at, ": FUSE over io_uring is not offered by the kernel (needs Linux 6.14 with enable_uring=Y)",
			    0);
	if (!session->server.wants_passthrough || session->mount_state.passthrough)
		return 0;
	if (session->server.strict)
		return fail(why, "passthrough", at, ": not offered by the kernel (needs Linux 6.9)", 0);
	log_line(&session->server.log, "passthrough: %s: not offered by the kernel, so objects are read by requests", at);
	return 0;
}

int session_open(struct session *session, const struct options *options, const struct log *log,
		 const struct session_parts *parts, char why[SESSION_WHY_BYTES])
{
	const char *reason;
	int err;

	*session = (struct session){ .server = { .log = *log, .fetch = { .socket_fd = -1 } }, .mount = { .device_fd = -1 } };
	session->server.mount_state = &session->mount_state;
	names_init(&session->mount_state.names);
	backing_init(&session->mount_state.backing, -1);
	err = prepare(session, options, parts, why);
	if (err == 0) {
		err = mount_open(&session->mount, parts->image, parts->mount_point, &reason);
		if (err == 0) {
			session->mount_state.backing.device_fd = session->mount.device_fd;
			err = negotiate(session);
			if (err != 0)
				err = fail(why, "mount", parts->mount_point,
					   session->mount_state.refused ? ": the kernel's FUSE protocol is refused"
									: ": the kernel closed the connection",
					   err);
			else
				err = check_negotiated(session, parts->mount_point, why);
			if (err != 0)
				mount_detach(&session->mount);
		} else {
			snprintf(why, SESSION_WHY_BYTES, "mount: %s: %s: %s", parts->mount_point, reason,
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
	backing_close(&session->mount_state.backing);
	objects_close(&session->server.objects);
	fetch_close(&session->server.fetch);
	stats_close(&session->server.stats);
	image_close(&session->server.image);
}
