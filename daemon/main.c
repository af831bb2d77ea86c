/* cfs-fuse: parses the command line and runs the task. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "guard.h"
#include "options.h"
#include "privileges.h"
#include "session.h"
#include "shared.h"
#include "stop.h"
#include "threads.h"
#include "uring.h"

#ifdef CFS_TEST_DELAY_NS
#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)
#define TEST_BUILD " (test build: +" TEXT(CFS_TEST_DELAY_NS) " ns per request)"
#else
#define TEST_BUILD ""
#endif

#define EXIT_FAILED 1
#define EXIT_USAGE 2

/* The default of fs.nr_open. */
#define OPEN_FILES_MAX (1u << 20)

static int fail_errno(const struct log *log, const char *step, const char *path, int err)
{
	log_line(log, "%s: %s: %s", step, path, strerror(-err));
	return EXIT_FAILED;
}

static int fail_image(const struct log *log, const char *path, const char *why, int err)
{
	if (err == -EUCLEAN)
		log_line(log, "image: %s %s", path, why);
	else
		log_line(log, "image: %s %s: %s", path, why, strerror(-err));
	return EXIT_FAILED;
}

/* The image to check, and what was found. */
struct checking {
	struct image image;
	struct walk_result result;
	const char *path;
	const char *why;
};

static int open_checked(void *context)
{
	struct checking *checking = context;

	return image_open(&checking->image, checking->path, &checking->why);
}

static int check_opened(void *context)
{
	struct checking *checking = context;

	return check_image(&checking->image, &checking->result);
}

static int run_check(const struct options *options, const struct log *log)
{
	struct checking checking = { .path = options->image, .why = "cannot be read" };
	const struct walk_result *result = &checking.result;
	char path[4 * PATH_MAX];
	int err = guarded(open_checked, &checking);

	if (err != 0)
		return fail_image(log, options->image, checking.why, err);
	err = guarded(check_opened, &checking);
	log_escape(path, sizeof(path), options->image);
	if (err == 0)
		printf("%s is sound: %llu entries, %llu directories\n", path, (unsigned long long)result->entries,
		       (unsigned long long)result->directories);
	else if (err == -EUCLEAN)
		log_line(log, "image: %s is damaged: %s (inode %llu)", options->image, result->why,
			 (unsigned long long)result->nid);
	else
		fail_image(log, options->image, "cannot be read", err);
	image_close(&checking.image);
	return err == 0 ? 0 : EXIT_FAILED;
}

/* False if the reader of the pipe has closed it. */
static bool report_ready(int fd)
{
	bool written = write(fd, "", 1) == 1;

	close(fd);
	return written;
}

static int serve_all(const struct options *options, const struct server *server, const struct mount *mount)
{
	unsigned count = options->transport == TRANSPORT_READ_WRITE ? 1 : options->threads;

	if (options->transport == TRANSPORT_URING)
		return uring_run(server, mount);
	return threads_run(server, mount->device_fd, count == 0 ? cpus_allowed() : count, options->spin);
}

static int run_mount(const struct options *options, struct session *session, struct stop *stop, const struct log *log)
{
	const struct session_parts parts = {
		.image = options->image,
		.mount_point = options->mount_point,
		.object_dirs = options->object_dirs,
		.object_dir_count = options->object_dir_count,
		.stats = options->stats,
	};
	char why[SESSION_WHY_BYTES];
	int err = 0;

	if (session_open(session, options, log, &parts, why) != 0) {
		log_line(log, "%s", why);
		return EXIT_FAILED;
	}
	/* Do not keep the starting file system busy. */
	if (chdir("/") != 0)
		err = -errno;
	if (err == 0)
		err = privileges_drop();
	if (err == 0 && options->ready_fd >= 0 && !report_ready(options->ready_fd))
		err = -EPIPE;
	if (err == 0)
		err = stop_watch(stop);
	if (err == 0)
		err = serve_all(options, &session->server, &session->mount);
	if (err == 0)
		return 0;
	log_line(log, "serve: %s: %s", options->mount_point, strerror(-err));
	mount_detach(&session->mount);
	return EXIT_FAILED;
}

/* Every mount keeps its connection and object folders open; the default limit of 1024 files is too low. Call it with all capabilities. */
static void raise_limit(void)
{
	struct rlimit most = { OPEN_FILES_MAX, OPEN_FILES_MAX };
	struct rlimit now;

	if (setrlimit(RLIMIT_NOFILE, &most) == 0 || getrlimit(RLIMIT_NOFILE, &now) != 0)
		return;
	now.rlim_cur = now.rlim_max;
	/* A failure is no error: mounts over the limit are refused with a message. */
	setrlimit(RLIMIT_NOFILE, &now);
}

static int run_shared(struct options *options, const struct log *log)
{
	int err;

	raise_limit();
	err = privileges_drop();
	if (err == 0 && options->ready_fd >= 0 && !report_ready(options->ready_fd))
		err = -EPIPE;
	if (err == 0)
		err = shared_run(options, log);
	return err == 0 ? 0 : fail_errno(log, "serve", "the shared server", err);
}

int main(int argc, char **argv)
{
	struct log log = { .fd = STDERR_FILENO };
	struct session session = { .mount = { .device_fd = -1 } };
	struct stop stop = { .mount = &session.mount, .log = &log };
	struct options options;
	char why[OPTIONS_WHY_BYTES];
	int err, result;

	if (!options_parse(&options, argc, argv, why)) {
		log_line(&log, "%s; see cfs-fuse --help", why);
		return EXIT_USAGE;
	}
	if (options.task == TASK_HELP)
		return fputs(options_help, stdout) < 0;
	if (options.task == TASK_VERSION)
		return puts("cfs-fuse " CFS_VERSION TEST_BUILD) < 0;
	if (options.log != NULL) {
		int fd = open(options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		if (fd < 0)
			return fail_errno(&log, "log", options.log, -errno);
		log.fd = fd;
	}
	guard_install();
	if (options.task == TASK_CHECK)
		return run_check(&options, &log);
	/* Client and server share the only CPU: polling would delay the client. */
	if (cpus_allowed() == 1)
		options.spin.us = 0;
	err = stop_prepare();
	if (err != 0)
		return fail_errno(&log, "start", "the parent process", err);
	if (options.task == TASK_SHARE)
		result = run_shared(&options, &log);
	else
		result = run_mount(&options, &session, &stop, &log);
	/* Not return: the signal thread uses this stack frame until the process ends. */
	exit(result);
}
