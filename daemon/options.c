#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>

const char options_help[] =
	"Usage: cfs-fuse [OPTION]... IMAGE MOUNTPOINT\n"
	"       cfs-fuse --check IMAGE\n"
	"Serves a composefs image, read-only, until it is unmounted.\n"
	"\n"
	"  --objects DIR   a folder of objects; may be given several times, searched in that order\n"
	"  --ready-fd N    write one byte to descriptor N, and close it, when the mount is there\n"
	"  --stats FILE    count requests by opcode in FILE (512 counters of 64 bits, which must exist)\n"
	"  --log FILE      append messages to FILE instead of standard error\n"
	"  --check         read all of IMAGE, mount nothing: exit code 0 when it is sound, 1 when not\n"
	"  --help          print this\n"
	"  --version       print the version\n"
	"\n"
	"It stays in the foreground. SIGTERM, SIGINT, SIGHUP and the death of its parent end it; what it mounted is then\n"
	"detached. Exit codes: 0 unmounted or ended by a signal, 1 failed, 2 used wrongly.\n";

enum { OPTION_OBJECTS = 256, OPTION_READY_FD, OPTION_STATS, OPTION_LOG, OPTION_CHECK, OPTION_HELP, OPTION_VERSION };

static const struct option known[] = {
	{ "objects", required_argument, NULL, OPTION_OBJECTS },
	{ "ready-fd", required_argument, NULL, OPTION_READY_FD },
	{ "stats", required_argument, NULL, OPTION_STATS },
	{ "log", required_argument, NULL, OPTION_LOG },
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

static bool parse_descriptor(const char *text, int *fd)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != 0 || value < 0 || value > INT_MAX)
		return false;
	*fd = (int)value;
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
	case OPTION_STATS:
		options->stats = argument;
		return true;
	case OPTION_LOG:
		options->log = argument;
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

bool options_parse(struct options *options, int argc, char **argv, const char **why)
{
	int option, names;

	*options = (struct options){ .task = TASK_MOUNT, .ready_fd = -1 };
	while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1)
		if (!take(options, option, optarg, why))
			return false;
	if (options->task == TASK_HELP || options->task == TASK_VERSION)
		return true;
	names = options->task == TASK_CHECK ? 1 : 2;
	if (argc - optind != names)
		return refuse(why, names == 1 ? "--check needs one IMAGE" : "IMAGE and MOUNTPOINT are needed");
	options->image = argv[optind];
	options->mount_point = names == 2 ? argv[optind + 1] : NULL;
	return true;
}
