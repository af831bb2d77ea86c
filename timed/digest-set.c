#include "digest-set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../daemon/bytes.h"

bool digest_parse(const char *text, uint32_t digits, uint8_t *into)
{
	for (uint32_t i = 0; i < digits; i += 2) {
		int high = hex_digit(text[i]), low = high < 0 ? -1 : hex_digit(text[i + 1]);

		if (low < 0)
			return false;
		into[i / 2] = (uint8_t)(high << 4 | low);
	}
	return true;
}

#define FIRST_ROOM 4096

static const uint8_t zeros[TIMED_DIGEST_BYTES];

/* The digest's slot, or the free one where it belongs. */
static uint8_t *slot_of(const struct digest_set *set, const uint8_t *digest)
{
	uint64_t hash;

	memcpy(&hash, digest, sizeof(hash));
	for (size_t at = hash & (set->room - 1);; at = (at + 1) & (set->room - 1)) {
		uint8_t *slot = set->slots[at];

		if (memcmp(slot, digest, TIMED_DIGEST_BYTES) == 0 || memcmp(slot, zeros, TIMED_DIGEST_BYTES) == 0)
			return slot;
	}
}

static int grow(struct digest_set *set)
{
	struct digest_set larger = { .room = set->room == 0 ? FIRST_ROOM : set->room * 2, .count = set->count };

	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < set->room; i++)
		if (memcmp(set->slots[i], zeros, TIMED_DIGEST_BYTES) != 0)
			memcpy(slot_of(&larger, set->slots[i]), set->slots[i], TIMED_DIGEST_BYTES);
	free(set->slots);
	set->slots = larger.slots;
	set->room = larger.room;
	return 0;
}

int digest_set_add(struct digest_set *set, const uint8_t *digest)
{
	uint8_t *slot;

	if (memcmp(digest, zeros, TIMED_DIGEST_BYTES) == 0) {
		set->has_zeros = true;
		return 0;
	}
	if (2 * (set->count + 1) > set->room && grow(set) != 0)
		return -ENOMEM;
	slot = slot_of(set, digest);
	if (memcmp(slot, digest, TIMED_DIGEST_BYTES) == 0)
		return 0;
	memcpy(slot, digest, TIMED_DIGEST_BYTES);
	set->count++;
	return 0;
}

bool digest_set_has(const struct digest_set *set, const uint8_t *digest)
{
	if (memcmp(digest, zeros, TIMED_DIGEST_BYTES) == 0)
		return set->has_zeros;
	return set->room > 0 && memcmp(slot_of(set, digest), digest, TIMED_DIGEST_BYTES) == 0;
}

void digest_set_free(struct digest_set *set)
{
	free(set->slots);
}
