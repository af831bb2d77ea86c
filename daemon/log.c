#include "log.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "cfs-fuse: "
/* A path and what is said of it. */
#define MESSAGE_BYTES (PATH_MAX + 1024)
/* Written to a pipe in one piece: PIPE_BUF of Linux. */
#define LINE_BYTES 4096

/* Stands for the middle of a text that does not fit. */
static const char cut[] = "...";

static size_t escaped_bytes(char c)
{
	return c == '\\' ? 2 : c >= ' ' && c <= '~' ? 1 : sizeof("\\xHH") - 1;
}

static char *escape_one(char *into, char c)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char byte = (unsigned char)c;
	const char escaped[] = { '\\', c == '\\' ? c : 'x', digits[byte >> 4], digits[byte & 15] };
	size_t bytes = escaped_bytes(c);

	memcpy(into, bytes == 1 ? &c : escaped, bytes);
	return into + bytes;
}

size_t log_escape(char *into, size_t room, const char *text)
{
	const char *end = text + strlen(text);
	const char *rest = end;
	size_t bytes = 0, half, kept = 0;
	char *to = into;

	for (const char *at = text; at < end; at++)
		bytes += escaped_bytes(*at);
	if (bytes < room) {
		rest = text;
	} else {
		half = (room - sizeof(cut)) / 2;
		for (; kept + escaped_bytes(rest[-1]) <= half; rest--)
			kept += escaped_bytes(rest[-1]);
		for (; (size_t)(to - into) + escaped_bytes(*text) <= half; text++)
			to = escape_one(to, *text);
		to = stpcpy(to, cut);
	}
	while (rest < end)
		to = escape_one(to, *rest++);
	*to = 0;
	return (size_t)(to - into);
}

void log_line(const struct log *log, const char *format, ...)
{
	char message[MESSAGE_BYTES];
	char line[LINE_BYTES] = NAME;
	size_t bytes = sizeof(NAME) - 1;
	va_list arguments;
	int formatted;

	va_start(arguments, format);
	formatted = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (formatted < 0)
		return;
	/* One byte is left for the newline. */
	bytes += log_escape(line + bytes, sizeof(line) - bytes - 1, message);
	line[bytes++] = '\n';
	/* Where a pipe has room for one byte it has room for a line, so the write does not wait for a reader. */
	if (poll(&(struct pollfd){ .fd = log->fd, .events = POLLOUT }, 1, 0) != 1)
		return;
	if (write(log->fd, line, bytes) < 0)
		return; /* There is nowhere to report it. */
}
