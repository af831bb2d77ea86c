#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define NAME "cfs-fuse: "
#define LINE_BYTES 1024

void log_line(const struct log *log, const char *format, ...)
{
	char line[LINE_BYTES] = NAME;
	int room = LINE_BYTES - (int)sizeof(NAME);
	int bytes;
	va_list arguments;

	va_start(arguments, format);
	bytes = vsnprintf(line + sizeof(NAME) - 1, (size_t)room, format, arguments);
	va_end(arguments);
	if (bytes < 0)
		return;
	if (bytes > room - 1)
		bytes = room - 1;
	bytes += (int)sizeof(NAME) - 1;
	line[bytes++] = '\n';
	if (write(log->fd, line, (size_t)bytes) < 0)
		return; /* There is nowhere to report it. */
}
