/* fs-verity digests of contents that arrive in pieces. One digester is for one thread. */
#include <stdlib.h>

#include "timed.h"
#include "verity.h"

void *timed_digest_open(void)
{
	struct verity *verity = malloc(sizeof(*verity));

	if (verity != NULL && verity_open(verity)) {
		verity_start(verity);
		return verity;
	}
	free(verity);
	return NULL;
}

void timed_digest_update(void *digester, const uint8_t *bytes, uint64_t count)
{
	verity_update(digester, bytes, count);
}

void timed_digest_final(void *digester, uint8_t digest[TIMED_DIGEST_BYTES])
{
	verity_digest(digester, digest);
	verity_start(digester);
}

void timed_digest_close(void *digester)
{
	verity_close(digester);
	free(digester);
}
