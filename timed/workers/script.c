/* Maps the script of a worker and makes it its own. */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void *complain(const char *path)
{
	fprintf(stderr, "workers: %s: %s\n", path, strerror(errno));
	return NULL;
}

/* Returns the mapping, or NULL with a message. */
static void *map_file(const char *path, int protection, int flags, size_t *bytes)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *mapped;

	if (fd < 0)
		return complain(path);
	if (fstat(fd, &st) < 0 || st.st_size == 0) {
		errno = ENODATA;
		close(fd);
		return complain(path);
	}
	*bytes = (size_t)st.st_size;
	mapped = mmap(NULL, *bytes, protection, flags, fd, 0);
	close(fd);
	return mapped == MAP_FAILED ? complain(path) : mapped;
}

void *script_at(const struct script *script, int64_t offset)
{
	return (char *)script + offset;
}

static void place_calls(struct script *script, const char *blob)
{
	struct timed_call *calls = script_at(script, script->calls);
	const uint8_t *kinds = script_at(script, script->kinds);

	for (int64_t i = 0; i < script->call_count; i++)
		for (int n = 0; n < TIMED_ARGS; n++) {
			uint8_t kind = kinds[i * TIMED_ARGS + n];

			if (kind == ARGUMENT_SCRIPT)
				calls[i].args[n] += (int64_t)(intptr_t)script;
			if (kind == ARGUMENT_BLOB)
				calls[i].args[n] += (int64_t)(intptr_t)blob;
		}
}

static void fill_marks(struct script *script, int number)
{
	char *text = script_at(script, script->text);
	char *end = text + script->text_bytes;
	const char digits[MARK_DIGITS] = {(char)('0' + number / 10 % 10), (char)('0' + number % 10)};

	while ((text = memmem(text, (size_t)(end - text), MARK, strlen(MARK))) != NULL) {
		text += strlen(MARK) - MARK_DIGITS;
		memcpy(text, digits, MARK_DIGITS);
	}
}

/* No page is copied for the first time while lives are timed. */
static void touch(struct script *script, size_t bytes)
{
	volatile char *at = (volatile char *)script;

	for (size_t i = 0; i < bytes; i += 4096)
		at[i] = at[i];
}

struct script *script_load(const char *path, const char *blob_path, int number)
{
	size_t bytes = 0, blob_bytes = 0;
	struct script *script = map_file(path, PROT_READ | PROT_WRITE, MAP_PRIVATE, &bytes);
	const char *blob;

	if (script == NULL)
		return NULL;
	if (bytes < sizeof(*script) || script->magic != SCRIPT_MAGIC || script->version != SCRIPT_VERSION ||
	    script->bytes != (int64_t)bytes) {
		fprintf(stderr, "workers: %s is not a script of this version\n", path);
		return NULL;
	}
	blob = map_file(blob_path, PROT_READ, MAP_SHARED | MAP_POPULATE, &blob_bytes);
	if (blob == NULL)
		return NULL;
	touch(script, bytes);
	place_calls(script, blob);
	fill_marks(script, number);
	return script;
}
