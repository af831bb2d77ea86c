// The walker: `walk-main.js ROOT LISTING COVERAGE` walks one mount and prints the result as one line of JSON. Without arguments it
// reads one request per line of standard input.
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../model/errors.ts';
import { writeAll } from '../store/bulk.ts';
import type { FailedReply } from '../sys/request-child.ts';
import type { Coverage } from './listing.ts';
import { type WalkedTree, walk } from './walk.ts';

/** One line of standard input. */
export interface WalkRequest {
  readonly root: string;
  readonly listingPath: string;
  readonly covers: Coverage;
}

/** One line of standard output. */
export type WalkResult = { readonly kind: 'walked'; readonly walked: WalkedTree } | FailedReply;

const resultOf = ({ root, listingPath, covers }: WalkRequest): WalkResult => {
  const listing = openSync(listingPath, 'w', 0o600);
  try {
    return { kind: 'walked', walked: walk(root, covers, (text) => writeAll(listing, Buffer.from(text))) };
  } catch (error) {
    if (error instanceof UserError)
      return { kind: 'failed', message: error.message, code: error.code, facts: error.facts };
    // The listing could not be written.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { kind: 'failed', message, code, facts: [listingPath] };
  } finally {
    closeSync(listing);
  }
};

const print = (request: WalkRequest): void => {
  writeAll(1, Buffer.from(`${JSON.stringify(resultOf(request))}\n`));
};

const [root, listingPath = '', coverage = '{}'] = process.argv.slice(2);
if (root !== undefined) print({ root, listingPath, covers: JSON.parse(coverage) as Coverage });
else for await (const line of createInterface(process.stdin)) print(JSON.parse(line) as WalkRequest);
