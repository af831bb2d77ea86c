/*
 * The fs-verity Merkle tree of a file, computed while its bytes are read, with the SHA-256 of the process.
 *
 * Needs:  OpenSSL 3 in the process. Node exports its own or loads the system's.
 * Source: Documentation/filesystems/fsverity.rst (Merkle tree, struct fsverity_descriptor).
 */
#include "verity.h"

#include <dlfcn.h>
#include <string.h>

#define DESCRIPTOR_BYTES 256
#define VERSION 1
#define SHA256 1
#define LOG_BLOCK_BYTES 12

struct library {
	void *(*fetch)(void *, const char *, const char *);
	void (*release)(void *);
	void *(*context)(void);
	void (*free)(void *);
	int (*init)(void *, const void *, const void *);
	int (*update)(void *, const void *, size_t);
	int (*final)(void *, unsigned char *, unsigned int *);
};

/* Copies the address: ISO C has no cast from an object pointer to a function pointer. */
static bool find(void *into, const char *name)
{
	void *found = dlsym(RTLD_DEFAULT, name);

	memcpy(into, &found, sizeof(found));
	return found != NULL;
}

static bool load(struct library *library)
{
	return find(&library->fetch, "EVP_MD_fetch") && find(&library->release, "EVP_MD_free") &&
	       find(&library->context, "EVP_MD_CTX_new") && find(&library->free, "EVP_MD_CTX_free") &&
	       find(&library->init, "EVP_DigestInit_ex2") && find(&library->update, "EVP_DigestUpdate") &&
	       find(&library->final, "EVP_DigestFinal_ex");
}

int timed_can_digest(void)
{
	struct library library;

	return load(&library);
}

static _Thread_local struct library sha;

bool verity_open(struct verity *verity)
{
	if (!load(&sha))
		return false;
	verity->method = sha.fetch(NULL, "SHA256", NULL);
	verity->context = sha.context();
	if (verity->method != NULL && verity->context != NULL)
		return true;
	verity_close(verity);
	return false;
}

void verity_close(struct verity *verity)
{
	sha.free(verity->context);
	sha.release(verity->method);
}

static void hash(struct verity *verity, const void *bytes, size_t count, uint8_t *into)
{
	sha.init(verity->context, verity->method, NULL);
	sha.update(verity->context, bytes, count);
	sha.final(verity->context, into, NULL);
}

void verity_start(struct verity *verity)
{
	verity->size_bytes = 0;
	verity->rest_bytes = 0;
	verity->level_count = 0;
}

static void push(struct verity *verity, uint32_t depth, const uint8_t *hashed);

static void spill(struct verity *verity, uint32_t depth)
{
	struct verity_level *level = &verity->levels[depth];
	uint8_t hashed[TIMED_DIGEST_BYTES];

	level->spilled = true;
	memset(level->block + level->filled, 0, VERITY_BLOCK_BYTES - level->filled);
	hash(verity, level->block, VERITY_BLOCK_BYTES, hashed);
	level->filled = 0;
	push(verity, depth + 1, hashed);
}

static void push(struct verity *verity, uint32_t depth, const uint8_t *hashed)
{
	struct verity_level *level = &verity->levels[depth];

	if (depth == verity->level_count) {
		level->filled = 0;
		level->spilled = false;
		verity->level_count++;
	}
	if (level->filled == VERITY_BLOCK_BYTES)
		spill(verity, depth);
	memcpy(level->block + level->filled, hashed, TIMED_DIGEST_BYTES);
	level->filled += TIMED_DIGEST_BYTES;
}

static void push_block(struct verity *verity, const uint8_t *block)
{
	uint8_t hashed[TIMED_DIGEST_BYTES];

	hash(verity, block, VERITY_BLOCK_BYTES, hashed);
	push(verity, 0, hashed);
}

void verity_update(struct verity *verity, const uint8_t *bytes, uint64_t count)
{
	verity->size_bytes += count;
	if (verity->rest_bytes > 0) {
		uint64_t taken = VERITY_BLOCK_BYTES - verity->rest_bytes;

		if (taken > count)
			taken = count;
		memcpy(verity->rest + verity->rest_bytes, bytes, taken);
		verity->rest_bytes += (uint32_t)taken;
		bytes += taken;
		count -= taken;
		if (verity->rest_bytes < VERITY_BLOCK_BYTES)
			return;
		push_block(verity, verity->rest);
		verity->rest_bytes = 0;
	}
	for (; count >= VERITY_BLOCK_BYTES; bytes += VERITY_BLOCK_BYTES, count -= VERITY_BLOCK_BYTES)
		push_block(verity, bytes);
	memcpy(verity->rest, bytes, count);
	verity->rest_bytes = (uint32_t)count;
}

/* The only hash of the first level with one hash. */
static const uint8_t *root_of(struct verity *verity)
{
	static const uint8_t none[TIMED_DIGEST_BYTES];

	if (verity->level_count == 0)
		return none;
	for (uint32_t depth = 0;; depth++) {
		struct verity_level *level = &verity->levels[depth];

		if (!level->spilled && level->filled == TIMED_DIGEST_BYTES)
			return level->block;
		if (level->filled > 0)
			spill(verity, depth);
	}
}

void verity_digest(struct verity *verity, uint8_t digest[TIMED_DIGEST_BYTES])
{
	uint8_t descriptor[DESCRIPTOR_BYTES] = { VERSION, SHA256, LOG_BLOCK_BYTES };

	if (verity->rest_bytes > 0) {
		memset(verity->rest + verity->rest_bytes, 0, VERITY_BLOCK_BYTES - verity->rest_bytes);
		push_block(verity, verity->rest);
	}
	for (int i = 0; i < 8; i++)
		descriptor[8 + i] = (uint8_t)(verity->size_bytes >> 8 * i);
	memcpy(descriptor + 16, root_of(verity), TIMED_DIGEST_BYTES);
	hash(verity, descriptor, sizeof(descriptor), digest);
}
