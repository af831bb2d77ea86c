/* Log messages: one line each, in one write. */
#ifndef CFS_LOG_H
#define CFS_LOG_H

#include <stddef.h>

struct log {
	int fd;
};

/*
 * Writes `cfs-fuse: `, the message and a newline; a line of more than 4096 bytes loses its middle. Paths in the message are untrusted: the
 * line is escaped as a whole.
 */
__attribute__((format(printf, 2, 3))) void log_line(const struct log *log, const char *format, ...);

/*
 * Printable ASCII stays, a backslash is doubled, every other byte becomes \xHH. Writes at most `room` bytes with the zero
 * byte. A text that does not fit keeps its beginning and its end, where the reason is; `...` stands for the rest. Returns the length.
 */
size_t log_escape(char *into, size_t room, const char *text);

#endif
