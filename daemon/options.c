#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPIN_US 50
#define SPIN_US_MAX 1000
#define THREADS_MAX 64

enum {
	OPTION_OBJECTS = 256,
	OPTION_FETCH,
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
	OPTION_VERITY,
	OPTION_DIGEST,
	OPTION_CHECK,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option known[] = {
	{ "objects", required_argument, NULL, OPTION_OBJECTS },
	{ "fetch", required_argument, NULL, OPTION_FETCH },
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
	{ "verity", required_argument, NULL, OPTION_VERITY },
	{ "digest", required_argument, NULL, OPTION_DIGEST },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

__attribute__((format(printf, 2, 3))) static bool refuse(char *why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, OPTIONS_WHY_BYTES, format, arguments);
	va_end(arguments);
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

/* `N`, or `N-M` for descriptors with consecutive numbers. */
static bool parse_controls(struct options *options, const char *text)
{
	const char *dash = strchr(text, '-');
	char first[16] = "";
	int last;

	if (dash == NULL) {
		options->control_count = 1;
		return parse_descriptor(text, &options->control_fd);
	}
	if ((size_t)(dash - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(dash - text));
	if (!parse_descriptor(first, &options->control_fd) || !parse_descriptor(dash + 1, &last) || last < options->control_fd ||
	    last - options->control_fd >= CONTROLS_MAX)
		return false;
	options->control_count = last - options->control_fd + 1;
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

/* The index of the word. */
static bool parse_word(const char *text, const char *const *words, int *index)
{
	for (*index = 0; words[*index] != NULL; (*index)++)
		if (strcmp(text, words[*index]) == 0)
			return true;
	return false;
}

static bool parse_choice(struct options *options, int option, const char *argument, char *why)
{
	static const char *const xattrs[] = { [XATTR_FULL] = "full", [XATTR_NO_ACL] = "no-acl", [XATTR_AUTO] = "auto", NULL };
	static const char *const data[] = { "read", "passthrough", NULL };
	static const char *const transports[] = { "read-write", "threads", "uring", NULL };
	int choice;

	if (option == OPTION_XATTR) {
		if (!parse_word(argument, xattrs, &choice))
			return refuse(why, "--xattr must be full, no-acl or auto, not '%s'", argument);
		options->xattr = (enum xattr_mode)choice;
	} else if (option == OPTION_DATA) {
		if (!parse_word(argument, data, &choice))
			return refuse(why, "--data must be read or passthrough, not '%s'", argument);
		options->passthrough = choice == 1;
	} else {
		if (!parse_word(argument, transports, &choice))
			return refuse(why, "--transport must be read-write, threads or uring, not '%s'", argument);
		options->transport = (enum options_transport)choice;
	}
	return true;
}

static bool apply_option(struct options *options, int option, const char *argument, char *why)
{
	switch (option) {
	case OPTION_OBJECTS:
		if (options->object_dir_count == OBJECT_DIRS_MAX)
			return refuse(why, "at most %d --objects are allowed", OBJECT_DIRS_MAX);
		options->object_dirs[options->object_dir_count++] = argument;
		return true;
	case OPTION_FETCH:
		options->fetch = argument;
		return true;
	case OPTION_READY_FD:
		return parse_descriptor(argument, &options->ready_fd) ||
		       refuse(why, "--ready-fd must be the number of a descriptor");
	case OPTION_CONTROL_FD:
		options->task = TASK_SHARE;
		return parse_controls(options, argument) ||
		       refuse(why, "--control-fd must be the number of a descriptor, or a range of at most %d", CONTROLS_MAX);
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
		       refuse(why, "--threads must be from 1 to %d", THREADS_MAX);
	case OPTION_SPIN_US:
		options->spin.adapts = strcmp(argument, "auto") == 0;
		if (options->spin.adapts)
			options->spin.us = SPIN_US;
		return options->spin.adapts || parse_count(argument, 0, SPIN_US_MAX, &options->spin.us) ||
		       refuse(why, "--spin-us must be auto, or from 0 to %d", SPIN_US_MAX);
	case OPTION_STRICT:
		options->strict = true;
		return true;
	case OPTION_VERITY:
		options->requires_verity = strcmp(argument, "require") == 0;
		return options->requires_verity || refuse(why, "--verity must be require, not '%s'", argument);
	case OPTION_DIGEST:
		options->has_digest = verity_parse(argument, options->digest);
		return options->has_digest || refuse(why, "--digest must have 64 hexadecimal digits");
	case OPTION_CHECK:
		options->task = TASK_CHECK;
		return true;
	case OPTION_HELP:
		options->task = TASK_HELP;
		return true;
	case OPTION_VERSION:
		options->task = TASK_VERSION;
		return true;
	default:
		return refuse(why, "unknown option");
	}
}

/* The message for ':' and '?' of getopt_long; `word` is the word of the command line. */
static bool refuse_option(int option, const char *word, char *why)
{
	if (option == ':')
		return refuse(why, "option '%s' needs a value", word);
	if (optopt >= OPTION_OBJECTS)
		return refuse(why, "option '%s' takes no value", word);
	if (optopt != 0)
		return refuse(why, "unknown option '-%c'", optopt);
	return refuse(why, "unknown option '%s'", word);
}

static bool check_together(const struct options *options, char *why)
{
	if (options->metadata_only && options->passthrough)
		return refuse(why, "--metadata-only reads no objects, so it excludes --data passthrough");
	if (options->metadata_only && options->xattr != XATTR_FULL)
		return refuse(why, "--metadata-only needs all attributes, so it excludes --xattr %s",
			      options->xattr == XATTR_AUTO ? "auto" : "no-acl");
	if (options->metadata_only && options->fetch != NULL)
		return refuse(why, "--metadata-only reads no objects, so it excludes --fetch");
	if (options->task == TASK_SHARE && options->fetch != NULL)
		return refuse(why, "--control-fd excludes --fetch");
	if (options->metadata_only && options->requires_verity)
		return refuse(why, "--metadata-only reads no objects, so it excludes --verity");
	if (options->task == TASK_SHARE && options->has_digest)
		return refuse(why, "--control-fd excludes --digest: mount messages name the images");
	if (options->threads != 0 && options->transport != TRANSPORT_THREADS)
		return refuse(why, "--threads needs --transport threads");
	if (options->spin.us != 0 && options->transport == TRANSPORT_URING)
		return refuse(why, "--transport uring never polls, so it excludes --spin-us");
	if (options->task == TASK_SHARE && options->transport != TRANSPORT_READ_WRITE)
		return refuse(why, "--control-fd needs --transport read-write");
	if (options->task == TASK_SHARE && (options->object_dir_count > 0 || options->stats != NULL))
		return refuse(why, "--control-fd excludes --objects and --stats: mount messages name them");
	return true;
}

bool options_parse(struct options *options, int argc, char **argv, char why[OPTIONS_WHY_BYTES])
{
	const uint32_t unset = UINT32_MAX;
	int option, names;

	*options = (struct options){ .task = TASK_MOUNT, .ready_fd = -1, .control_fd = -1, .spin = { .us = unset } };
	while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1)
		if (option == ':' || option == '?')
			return refuse_option(option, argv[optind - 1], why);
		else if (!apply_option(options, option, optarg, why))
			return false;
	if (options->task == TASK_HELP || options->task == TASK_VERSION)
		return true;
	/* With counters, system calls are counted too; the number of polls in a spin would vary. */
	if (options->stats != NULL && options->spin.us == unset)
		options->spin.us = 0;
	if (options->spin.us == unset)
		options->spin = (struct spin){ options->transport == TRANSPORT_READ_WRITE ? SPIN_US : 0, .adapts = true };
	if (!check_together(options, why))
		return false;
	names = options->task == TASK_MOUNT ? 2 : options->task == TASK_CHECK ? 1 : 0;
	if (argc - optind != names)
		return refuse(why, "%s", names == 2   ? "IMAGE and MOUNTPOINT are needed"
					 : names == 1 ? "--check needs one IMAGE"
						      : "--control-fd excludes IMAGE and MOUNTPOINT: mount messages name them");
	options->image = names > 0 ? argv[optind] : NULL;
	options->mount_point = names == 2 ? argv[optind + 1] : NULL;
	return true;
}
