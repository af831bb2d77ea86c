#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "cfs-fuse: "
#define MESSAGE_BYTES 1024
/* Written to a pipe in one piece: PIPE_BUF of Linux. */
#define LINE_BYTES 4096

size_t log_escape(char *into, size_t room, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (; *text != 0; text++) {
		unsigned char byte = (unsigned char)*text;
		char escaped[] = { '\\', 'x', digits[byte >> 4], digits[byte & 15] };
		bool printable = byte >= ' ' && byte <= '~' && byte != '\\';
		size_t bytes = printable ? 1 : byte == '\\' ? 2 : sizeof(escaped);

		if (byte == '\\')
			escaped[1] = '\\';
		if (at + bytes >= room)
			break;
		memcpy(into + at, printable ? text : escaped, bytes);
		at += bytes;
	}
	into[at] = 0;
	return at;
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
