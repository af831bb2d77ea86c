// A program of its own: `walk-main.js ROOT LISTING COVERAGE` prints what it found as one line of JSON; without arguments it walks
// what each line of its input asks for, until that ends.
import { closeSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../model/errors.ts';
import type { FailedReply } from '../sys/request-child.ts';
import type { Coverage } from './listing.ts';
import { type Walked, walk } from './walk.ts';

/** One line of its input. */
export interface WalkRequest {
  readonly root: string;
  readonly listingPath: string;
  readonly covers: Coverage;
}

/** What the program prints. */
export type WalkAnswer = { readonly kind: 'walked'; readonly walked: Walked } | FailedReply;

const answer = ({ root, listingPath, covers }: WalkRequest): WalkAnswer => {
  const listing = openSync(listingPath, 'w', 0o600);
  try {
    return { kind: 'walked', walked: walk(root, covers, (text) => writeSync(listing, text)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'failed', message: error.message, code: error.code, facts: error.facts };
  } finally {
    closeSync(listing);
  }
};

const print = (request: WalkRequest): void => {
  writeSync(1, `${JSON.stringify(answer(request))}\n`);
};

const [root, listingPath = '', coverage = '{}'] = process.argv.slice(2);
if (root !== undefined) print({ root, listingPath, covers: JSON.parse(coverage) as Coverage });
else for await (const line of createInterface(process.stdin)) print(JSON.parse(line) as WalkRequest);
