/* fs-verity digests: SHA-256, 4096-byte blocks, no salt. */
#ifndef TIMED_VERITY_H
#define TIMED_VERITY_H

#include <stdbool.h>
#include <stdint.h>

#include "timed.h"

#define VERITY_BLOCK_BYTES 4096
/* A block holds 128 hashes: 2^63 bytes need 8 levels above their blocks. */
#define VERITY_LEVELS 9

struct verity_level {
	uint8_t block[VERITY_BLOCK_BYTES];
	uint32_t filled;
	bool spilled; /* more than one block of hashes: this level is not the root */
};

struct verity {
	void *context; /* EVP_MD_CTX */
	void *method; /* EVP_MD */
	uint64_t size_bytes;
	uint8_t rest[VERITY_BLOCK_BYTES];
	uint32_t rest_bytes;
	uint32_t level_count;
	struct verity_level levels[VERITY_LEVELS];
};

/* False if the process provides no SHA-256. */
bool verity_open(struct verity *verity);
void verity_close(struct verity *verity);

/* Call before each file. */
void verity_start(struct verity *verity);
void verity_update(struct verity *verity, const uint8_t *bytes, uint64_t count);
void verity_digest(struct verity *verity, uint8_t digest[TIMED_DIGEST_BYTES]);

#endif
