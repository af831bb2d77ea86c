/*
 * Does:   one connection for each object: the digest as 64 hex digits and a line feed, then one byte as the answer: '1' if the object
 *         is in the store, its digest compared, else '0'.
 * Error:  a fetcher that does not answer within two minutes is an error of this object. Meanwhile the thread serves nothing
 *         else, and the read cannot be interrupted.
 * Source: unix(7); a path through /proc/self/fd is never too long for the address.
 */
#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define LIMIT_SEC 120
#define DIGEST_DIGITS 64
#define FAN_DIGITS 2
/* With the slash. */
#define PATH_BYTES (DIGEST_DIGITS + 1)
#define IN_STORE '1'

int fetch_open(struct fetch *fetch, const char *path)
{
	struct stat st;

	fetch->socket_fd = open(path, O_PATH | O_CLOEXEC);
	if (fetch->socket_fd < 0)
		return -errno;
	if (fstat(fetch->socket_fd, &st) == 0 && S_ISSOCK(st.st_mode))
		return 0;
	fetch_close(fetch);
	return -ENOTSOCK;
}

void fetch_close(struct fetch *fetch)
{
	if (fetch->socket_fd >= 0)
		close(fetch->socket_fd);
	fetch->socket_fd = -1;
}

/* The line to send. False if the path does not have the form of an object's. */
static bool request_of(const char *path, uint32_t path_bytes, char line[DIGEST_DIGITS + 1])
{
	uint32_t digits = 0;

	if (path_bytes != PATH_BYTES || path[FAN_DIGITS] != '/')
		return false;
	for (uint32_t i = 0; i < path_bytes; i++) {
		if (i == FAN_DIGITS)
			continue;
		if (path[i] == 0 || strchr("0123456789abcdef", path[i]) == NULL)
			return false;
		line[digits++] = path[i];
	}
	line[digits] = '\n';
	return true;
}

static int connect_to(const struct fetch *fetch)
{
	const struct timeval limit = { .tv_sec = LIMIT_SEC };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", fetch->socket_fd);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	{
		int err = -errno;

		close(fd);
		return err;
	}
}

/* So short a line fits into the socket at once. */
static int ask(int fd, const char line[DIGEST_DIGITS + 1])
{
	char answer = 0;
	ssize_t got;

	if (send(fd, line, DIGEST_DIGITS + 1, MSG_NOSIGNAL) != DIGEST_DIGITS + 1)
		return errno == 0 ? -EIO : -errno;
	do
		got = recv(fd, &answer, 1, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return got == 1 && answer == IN_STORE ? 0 : -EIO;
}

int fetch_object(const struct fetch *fetch, const char *path, uint32_t path_bytes)
{
	char line[DIGEST_DIGITS + 1];
	int fd, err;

	if (fetch->socket_fd < 0 || !request_of(path, path_bytes, line))
		return -ENOENT;
	fd = connect_to(fetch);
	if (fd < 0)
		return fd;
	err = ask(fd, line);
	close(fd);
	return err;
}
