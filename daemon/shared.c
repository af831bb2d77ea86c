/*
 * Many mounts served by one thread, which waits for requests of all mounts and for control messages.
 *
 * Needs:  connected SOCK_SEQPACKET sockets. The server sends one zero byte over the first when it is ready. A message is `mount`, IMAGE,
 *         MOUNTPOINT, STATS (may be empty) and at most 32 object folders; or `count`. A zero byte ends each word. A
 *         reply is `ok`, a number, or an error message, escaped like a line of the log.
 * Error:  a client that closes its socket, or reads so few replies that one does not fit, ends the server.
 *         A path of a `mount` that lies below a mount of this server blocks it for ever: it waits for an answer of its only thread.
 * Does:   maps an image once per mount, which costs only address space.
 * Cost:   one system call more per request than a server of one mount; about 4 KiB per mount.
 * Leaves: all mounts, which give ENOTCONN, if the process is killed.
 * Source: epoll(7), signalfd(2), unix(7).
 */
#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop.h"
#include "session.h"
#include "stop.h"

#define MESSAGE_BYTES 65536u
/* Clients read no more. */
#define REPLY_BYTES 4096u
/* Of a message before the object folders. */
#define MOUNT_WORDS 4
#define EVENTS 64

struct member {
	struct session session;
	struct member *next;
	/* The pointer that points to this member. */
	struct member **link;
};

struct shared {
	const struct options *options;
	const struct log *log;
	struct member *members;
	unsigned member_count;
	struct loop loop;
	int poll_fd;
	int signal_fd;
	int controls[CONTROLS_MAX];
	char message[MESSAGE_BYTES];
};

static int watch(const struct shared *shared, int fd, void *source)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .ptr = source } };

	return epoll_ctl(shared->poll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

/* A read opens its object: without a free descriptor the reads of all mounts would fail with EIO. */
static int check_spare(const struct shared *shared)
{
	int fd = fcntl(shared->options->control_fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static void add_member(struct shared *shared, const struct session_parts *parts, char *why)
{
	struct member *member = calloc(1, sizeof(*member));
	int fd, err;

	if (member == NULL) {
		snprintf(why, SESSION_WHY_BYTES, "mount: %s", strerror(ENOMEM));
		return;
	}
	if (session_open(&member->session, shared->options, shared->log, parts, why) != 0) {
		free(member);
		return;
	}
	fd = member->session.mount.device_fd;
	err = check_spare(shared);
	if (err == 0)
		err = fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? watch(shared, fd, member) : -errno;
	if (err != 0) {
		snprintf(why, SESSION_WHY_BYTES, "mount: %s", strerror(-err));
		mount_detach(&member->session.mount);
		session_close(&member->session);
		free(member);
		return;
	}
	member->next = shared->members;
	member->link = &shared->members;
	if (member->next != NULL)
		member->next->link = &member->next;
	shared->members = member;
	shared->member_count++;
	strcpy(why, "ok");
}

static void remove_member(struct shared *shared, struct member *member)
{
	*member->link = member->next;
	if (member->next != NULL)
		member->next->link = member->link;
	shared->member_count--;
	session_close(&member->session);
	free(member);
}

/* Returns the number of words, of which `words` gets the first `room`; 0 if the last word is not terminated. */
static int split(const char *message, size_t bytes, const char **words, int room)
{
	int count = 0;

	if (bytes == 0 || message[bytes - 1] != 0)
		return 0;
	for (size_t at = 0; at < bytes; at += strlen(message + at) + 1) {
		if (count < room)
			words[count] = message + at;
		count++;
	}
	return count;
}

static void handle_message(struct shared *shared, size_t bytes, char *reply)
{
	const char *words[MOUNT_WORDS + OBJECT_DIRS_MAX];
	int count = split(shared->message, bytes, words, MOUNT_WORDS + OBJECT_DIRS_MAX);

	if (count == 1 && strcmp(words[0], "count") == 0) {
		snprintf(reply, SESSION_WHY_BYTES, "%u", shared->member_count);
	} else if (count > MOUNT_WORDS + OBJECT_DIRS_MAX && strcmp(words[0], "mount") == 0) {
		snprintf(reply, SESSION_WHY_BYTES, "mount: at most %d object folders are allowed, not %d", OBJECT_DIRS_MAX,
			 count - MOUNT_WORDS);
	} else if (count >= MOUNT_WORDS && strcmp(words[0], "mount") == 0) {
		struct session_parts parts = {
			.image = words[1],
			.mount_point = words[2],
			.stats = words[3][0] == 0 ? NULL : words[3],
			.object_dirs = words + MOUNT_WORDS,
			.object_dir_count = count - MOUNT_WORDS,
		};

		add_member(shared, &parts, reply);
	} else {
		snprintf(reply, SESSION_WHY_BYTES, "control: unknown message");
	}
}

/* Receives one message and replies. False if the other end is closed. */
static bool receive_message(struct shared *shared, int fd)
{
	char reply[SESSION_WHY_BYTES];
	char escaped[REPLY_BYTES];
	ssize_t got = recv(fd, shared->message, sizeof(shared->message), MSG_DONTWAIT | MSG_TRUNC);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0)
		return false;
	if ((size_t)got > sizeof(shared->message))
		snprintf(reply, sizeof(reply), "control: the message is too long");
	else
		handle_message(shared, (size_t)got, reply);
	/* To wait for a client that reads no replies would stop all mounts. */
	return send(fd, escaped, log_escape(escaped, sizeof(escaped), reply), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

struct polled {
	const struct shared *shared;
	struct epoll_event *events;
	int count;
};

static bool has_events(void *argument)
{
	struct polled *polled = argument;

	polled->count = epoll_wait(polled->shared->poll_fd, polled->events, EVENTS, 0);
	return polled->count != 0;
}

/* Polls where that pays, then sleeps. */
static int wait_for_events(const struct shared *shared, struct epoll_event *events)
{
	struct polled polled = { .shared = shared, .events = events };

	wait_poll(&shared->loop.wait, has_events, &polled);
	return polled.count != 0 ? polled.count : epoll_wait(shared->poll_fd, events, EVENTS, -1);
}

static void serve(struct shared *shared, struct member *member)
{
	int err;

	shared->loop.device_fd = member->session.mount.device_fd;
	err = loop_step(&shared->loop, &member->session.server);
	if (err == 0)
		return;
	if (err != -ENODEV) {
		log_line(shared->log, "serve: %s: %s", member->session.mount.at, strerror(-err));
		mount_detach(&member->session.mount);
	}
	remove_member(shared, member);
}

static bool is_control(const struct shared *shared, const void *source)
{
	return (uintptr_t)source - (uintptr_t)shared->controls < sizeof(shared->controls);
}

static int run(struct shared *shared)
{
	struct epoll_event events[EVENTS];

	for (;;) {
		int count = wait_for_events(shared, events);

		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < count; i++) {
			void *source = events[i].data.ptr;

			if (source == &shared->signal_fd)
				return 0;
			if (!is_control(shared, source))
				serve(shared, source);
			else if (!receive_message(shared, *(const int *)source))
				return 0;
		}
	}
}

static int prepare(struct shared *shared)
{
	sigset_t signals;
	int err;

	stop_signals(&signals);
	shared->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	shared->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (shared->poll_fd < 0 || shared->signal_fd < 0)
		return -errno;
	err = 0;
	for (int i = 0; err == 0 && i < shared->options->control_count; i++) {
		shared->controls[i] = shared->options->control_fd + i;
		err = watch(shared, shared->controls[i], &shared->controls[i]);
	}
	if (err == 0)
		err = watch(shared, shared->signal_fd, &shared->signal_fd);
	if (err == 0 && send(shared->options->control_fd, "", 1, MSG_NOSIGNAL) != 1)
		err = -errno;
	return err;
}

static void close_shared(struct shared *shared)
{
	while (shared->members != NULL) {
		mount_detach(&shared->members->session.mount);
		remove_member(shared, shared->members);
	}
	loop_close(&shared->loop);
	free(shared);
}

int shared_run(const struct options *options, const struct log *log)
{
	struct shared *shared = calloc(1, sizeof(*shared));
	int err;

	if (shared == NULL)
		return -ENOMEM;
	shared->options = options;
	shared->log = log;
	err = loop_open(&shared->loop, REPLY_BODY_BYTES, -1, options->spin);
	if (err == 0)
		err = prepare(shared);
	if (err == 0)
		err = run(shared);
	close_shared(shared);
	return err;
}
