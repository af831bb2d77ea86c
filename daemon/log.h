/* Sentences for people, one line each, written at once. */
#ifndef CFS_LOG_H
#define CFS_LOG_H

struct log {
	int fd;
};

/* Prints `cfs-fuse: ` first and a newline last; longer lines are cut. */
__attribute__((format(printf, 2, 3))) void log_line(const struct log *log, const char *format, ...);

#endif
