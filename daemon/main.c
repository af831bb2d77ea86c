/* cfs-fuse: joins the parts, in the order in which each can fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "loop.h"
#include "mount.h"
#include "options.h"
#include "stop.h"

#ifdef CFS_TEST_DELAY_NS
#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)
#define TEST_BUILD " (test build: +" TEXT(CFS_TEST_DELAY_NS) " ns per request)"
#else
#define TEST_BUILD ""
#endif

#define EXIT_FAILED 1
#define EXIT_USAGE 2
/* Inode of /proc/self/ns/user in the initial user namespace, part of the kernel's ABI. */
#define INITIAL_USER_NS 0xeffffffdu

static int fail_errno(const struct log *log, const char *what, const char *path, int err)
{
	log_line(log, "%s: %s: %s", what, path, strerror(-err));
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

static int run_check(const struct options *options, const struct log *log)
{
	struct check_result result;
	struct image image;
	const char *why;
	int err = image_open(&image, options->image, &why);

	if (err != 0)
		return fail_image(log, options->image, why, err);
	err = check_image(&image, &result);
	if (err == 0)
		printf("%s is sound: %llu entries, %llu directories\n", options->image,
		       (unsigned long long)result.entries, (unsigned long long)result.directories);
	else if (err == -EUCLEAN)
		log_line(log, "image: %s is damaged: %s (inode %llu)", options->image, result.why,
			 (unsigned long long)result.nid);
	else
		fail_errno(log, "check", options->image, err);
	image_close(&image);
	return err == 0 ? 0 : EXIT_FAILED;
}

static bool in_initial_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NS;
}

static int prepare(struct server *server, const struct options *options)
{
	const char *why;
	int err = image_open(&server->image, options->image, &why);

	if (err != 0)
		return fail_image(&server->log, options->image, why, err);
	for (int i = 0; i < options->object_dir_count; i++) {
		err = objects_add(&server->objects, options->object_dirs[i]);
		if (err != 0)
			return fail_errno(&server->log, "objects", options->object_dirs[i], err);
	}
	if (options->stats != NULL && (err = stats_open(&server->stats, options->stats)) != 0)
		return fail_errno(&server->log, "stats", options->stats, err);
	server->lists_trusted = in_initial_user_namespace();
	return 0;
}

/* False when whoever waited is gone. */
static bool tell_ready(int fd)
{
	bool told = write(fd, "", 1) == 1;

	close(fd);
	return told;
}

static int run_mount(const struct options *options, const struct server *server, struct mount *mount,
		     struct stop *stop)
{
	struct loop loop = { 0 };
	const char *why;
	int err = mount_open(mount, options->image, options->mount_point, &why);

	if (err != 0) {
		log_line(&server->log, "mount: %s: %s: %s", options->mount_point, why, strerror(-err));
		return EXIT_FAILED;
	}
	/* Not to keep busy whatever file system it was started in. */
	if (chdir("/") != 0)
		err = -errno;
	if (err == 0)
		err = loop_open(&loop, server, mount->device_fd);
	if (err == 0 && options->ready_fd >= 0 && !tell_ready(options->ready_fd))
		err = -EPIPE;
	if (err == 0)
		err = stop_watch(stop);
	if (err == 0)
		err = loop_run(&loop);
	loop_close(&loop);
	if (err == 0)
		return 0;
	log_line(&server->log, "serve: %s: %s", options->mount_point, strerror(-err));
	mount_detach(mount);
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct server server = { .log = { .fd = STDERR_FILENO } };
	struct mount mount = { .device_fd = -1 };
	struct stop stop = { .mount = &mount, .log = &server.log };
	struct options options;
	const char *why;
	int err, result;

	if (!options_parse(&options, argc, argv, &why)) {
		log_line(&server.log, "usage: %s; see cfs-fuse --help", why);
		return EXIT_USAGE;
	}
	if (options.task == TASK_HELP)
		return fputs(options_help, stdout) < 0;
	if (options.task == TASK_VERSION)
		return puts("cfs-fuse " CFS_VERSION TEST_BUILD) < 0;
	if (options.log != NULL) {
		int fd = open(options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		if (fd < 0)
			return fail_errno(&server.log, "log", options.log, -errno);
		server.log.fd = fd;
	}
	if (options.task == TASK_CHECK)
		return run_check(&options, &server.log);
	err = stop_prepare();
	if (err != 0)
		return fail_errno(&server.log, "start", "the parent process", err);
	result = prepare(&server, &options);
	if (result == 0)
		result = run_mount(&options, &server, &mount, &stop);
	/* Not by return: the watching thread looks at this frame until the very end. */
	exit(result);
}
