/* Log messages: one line each, in one write. */
#ifndef CFS_LOG_H
#define CFS_LOG_H

struct log {
	int fd;
};

/* Writes `cfs-fuse: `, the message and a newline; long lines are truncated. */
__attribute__((format(printf, 2, 3))) void log_line(const struct log *log, const char *format, ...);

#endif
