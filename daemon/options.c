#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SPIN_US 50
#define SPIN_US_MAX 1000
#define THREADS_MAX 64

const char options_help[] =
	"Usage: cfs-fuse [OPTION]... IMAGE MOUNTPOINT\n"
	"       cfs-fuse [OPTION]... --control-fd N\n"
	"       cfs-fuse --check IMAGE\n"
	"Serves a composefs image, read-only, until it is unmounted.\n"
	"\n"
	"  --objects DIR      a folder of objects; may be given several times, searched in that order\n"
	"  --xattr full|auto  auto: attribute names that occur nowhere in the image are not supported (fewer requests);\n"
	"                     full, the default: they are not there, as overlayfs over EROFS says\n"
	"  --data read|passthrough\n"
	"                     passthrough: the kernel reads objects by itself (Linux 6.9, root); the default is read\n"
	"  --metadata-only    show what an overlayfs above needs, trusted.overlay.* (in a user namespace user.overlay.*)\n"
	"                     and whiteouts; objects are not read\n"
	"  --transport read-write|threads|uring\n"
	"                     one thread; several of them; io_uring with a thread per CPU (Linux 6.14, if enabled)\n"
	"  --threads N        with --transport threads; as many as CPUs by default\n"
	"  --spin-us N        how long a thread asks for the next request before it sleeps: 50 by default with read-write,\n"
	"                     else 0, and 0 where only one CPU may be used; 1000 at most\n"
	"  --strict           fail where passthrough is refused, rather than reading objects\n"
	"  --ready-fd N       write one byte to descriptor N, and close it, when the mount is there\n"
	"  --control-fd N     serve the mounts that are asked for over socket N (SOCK_SEQPACKET) until its other end is\n"
	"                     closed; it says one zero byte when it is ready; a message is mount, IMAGE, MOUNTPOINT, STATS\n"
	"                     and DIR..., a zero byte after each; the answer is ok, or why not\n"
	"  --stats FILE       count requests by opcode in FILE (512 counters of 64 bits, which must exist); no spin then\n"
	"  --log FILE         append messages to FILE instead of standard error\n"
	"  --check            read all of IMAGE, mount nothing: exit code 0 when it is sound, 1 when not\n"
	"  --help             print this\n"
	"  --version          print the version\n"
	"\n"
	"It stays in the foreground. SIGTERM, SIGINT, SIGHUP and the death of its parent end it; what it mounted is then\n"
	"detached. Exit codes: 0 unmounted or ended by a signal, 1 failed, 2 used wrongly.\n";

enum {
	OPTION_OBJECTS = 256,
	OPTION_READY_FD,
	OPTION_CONTROL_FD,
	OPTION_STATS,
	OPTION_LOG,
	OPTION_XATTR,
	OPTION_DATA,
	OPTION_METADATA_ONLY,
	OPTION_TRANSPORT,
	OPTION_THREADS,
	OPTION_SPIN_US,
	OPTION_STRICT,
	OPTION_CHECK,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option known[] = {
	{ "objects", required_argument, NULL, OPTION_OBJECTS },
	{ "ready-fd", required_argument, NULL, OPTION_READY_FD },
	{ "control-fd", required_argument, NULL, OPTION_CONTROL_FD },
	{ "stats", required_argument, NULL, OPTION_STATS },
	{ "log", required_argument, NULL, OPTION_LOG },
	{ "xattr", required_argument, NULL, OPTION_XATTR },
	{ "data", required_argument, NULL, OPTION_DATA },
	{ "metadata-only", no_argument, NULL, OPTION_METADATA_ONLY },
	{ "transport", required_argument, NULL, OPTION_TRANSPORT },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "spin-us", required_argument, NULL, OPTION_SPIN_US },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static bool refuse(const char **why, const char *sentence)
{
	*why = sentence;
	return false;
}

static bool parse_number(const char *text, long least, long most, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	return errno == 0 && end != text && *end == 0 && *value >= least && *value <= most;
}

static bool parse_descriptor(const char *text, int *fd)
{
	long value;

	if (!parse_number(text, 0, INT_MAX, &value))
		return false;
	*fd = (int)value;
	return true;
}

static bool parse_count(const char *text, long least, long most, uint32_t *count)
{
	long value;

	if (!parse_number(text, least, most, &value))
		return false;
	*count = (uint32_t)value;
	return true;
}

/* Which of the words it is, from 0. */
static bool parse_word(const char *text, const char *const *words, int *which)
{
	for (*which = 0; words[*which] != NULL; (*which)++)
		if (strcmp(text, words[*which]) == 0)
			return true;
	return false;
}

static bool parse_choice(struct options *options, int option, const char *argument, const char **why)
{
	static const char *const xattrs[] = { "full", "auto", NULL };
	static const char *const data[] = { "read", "passthrough", NULL };
	static const char *const transports[] = { "read-write", "threads", "uring", NULL };
	int which;

	if (option == OPTION_XATTR) {
		if (!parse_word(argument, xattrs, &which))
			return refuse(why, "--xattr is full or auto");
		options->xattr_auto = which == 1;
	} else if (option == OPTION_DATA) {
		if (!parse_word(argument, data, &which))
			return refuse(why, "--data is read or passthrough");
		options->passthrough = which == 1;
	} else {
		if (!parse_word(argument, transports, &which))
			return refuse(why, "--transport is read-write, threads or uring");
		options->transport = (enum options_transport)which;
	}
	return true;
}

static bool take(struct options *options, int option, const char *argument, const char **why)
{
	switch (option) {
	case OPTION_OBJECTS:
		if (options->object_dir_count == OBJECT_DIRS_MAX)
			return refuse(why, "there can be 32 --objects at most");
		options->object_dirs[options->object_dir_count++] = argument;
		return true;
	case OPTION_READY_FD:
		return parse_descriptor(argument, &options->ready_fd) ||
		       refuse(why, "--ready-fd needs the number of a descriptor");
	case OPTION_CONTROL_FD:
		options->task = TASK_SHARE;
		return parse_descriptor(argument, &options->control_fd) ||
		       refuse(why, "--control-fd needs the number of a descriptor");
	case OPTION_STATS:
		options->stats = argument;
		return true;
	case OPTION_LOG:
		options->log = argument;
		return true;
	case OPTION_XATTR:
	case OPTION_DATA:
	case OPTION_TRANSPORT:
		return parse_choice(options, option, argument, why);
	case OPTION_METADATA_ONLY:
		options->metadata_only = true;
		return true;
	case OPTION_THREADS:
		return parse_count(argument, 1, THREADS_MAX, &options->threads) ||
		       refuse(why, "--threads needs a number from 1 to 64");
	case OPTION_SPIN_US:
		return parse_count(argument, 0, SPIN_US_MAX, &options->spin_us) ||
		       refuse(why, "--spin-us needs a number from 0 to 1000");
	case OPTION_STRICT:
		options->strict = true;
		return true;
	case OPTION_CHECK:
		options->task = TASK_CHECK;
		return true;
	case OPTION_HELP:
		options->task = TASK_HELP;
		return true;
	case OPTION_VERSION:
		options->task = TASK_VERSION;
		return true;
	case ':':
		return refuse(why, "the last option needs a value");
	default:
		return refuse(why, "there is an option that is not known");
	}
}

static bool check_together(const struct options *options, const char **why)
{
	if (options->metadata_only && options->passthrough)
		return refuse(why, "--metadata-only reads no objects, so --data passthrough does not go with it");
	if (options->metadata_only && options->xattr_auto)
		return refuse(why, "--metadata-only needs every attribute, so --xattr auto does not go with it");
	if (options->threads != 0 && options->transport != TRANSPORT_THREADS)
		return refuse(why, "--threads goes with --transport threads");
	if (options->task == TASK_SHARE && options->transport != TRANSPORT_READ_WRITE)
		return refuse(why, "--control-fd goes with --transport read-write only");
	if (options->task == TASK_SHARE && (options->object_dir_count > 0 || options->stats != NULL))
		return refuse(why, "--control-fd is told of objects and counters with each mount");
	return true;
}

bool options_parse(struct options *options, int argc, char **argv, const char **why)
{
	const uint32_t unset = UINT32_MAX;
	int option, names;

	*options = (struct options){ .task = TASK_MOUNT, .ready_fd = -1, .control_fd = -1, .spin_us = unset };
	while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1)
		if (!take(options, option, optarg, why))
			return false;
	if (options->task == TASK_HELP || options->task == TASK_VERSION)
		return true;
	/* How often a spin asks depends on time, and where requests are counted so are calls: they are to be the same each time. */
	if (options->stats != NULL)
		options->spin_us = 0;
	if (options->spin_us == unset)
		options->spin_us = options->transport == TRANSPORT_READ_WRITE ? SPIN_US : 0;
	if (!check_together(options, why))
		return false;
	names = options->task == TASK_MOUNT ? 2 : options->task == TASK_CHECK ? 1 : 0;
	if (argc - optind != names)
		return refuse(why, names == 2	? "IMAGE and MOUNTPOINT are needed"
				   : names == 1 ? "--check needs one IMAGE"
						: "--control-fd is told of images and mount points with each mount");
	options->image = names > 0 ? argv[optind] : NULL;
	options->mount_point = names == 2 ? argv[optind + 1] : NULL;
	return true;
}
