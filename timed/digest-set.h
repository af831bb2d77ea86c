/* A set of digests. */
#ifndef TIMED_DIGEST_SET_H
#define TIMED_DIGEST_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "timed.h"

/* Distinct digests, found by their own bytes: they are spread evenly. At most half of the slots are used. */
struct digest_set {
	uint8_t (*slots)[TIMED_DIGEST_BYTES];
	size_t count, room;
	bool has_zeros; /* a slot of zeros is free */
};

/* 0 or -ENOMEM. */
int digest_set_add(struct digest_set *set, const uint8_t *digest);

bool digest_set_has(const struct digest_set *set, const uint8_t *digest);

void digest_set_free(struct digest_set *set);

/* False if the text does not begin with `digits` hexadecimal digits. */
bool digest_parse(const char *text, uint32_t digits, uint8_t *into);

#endif
