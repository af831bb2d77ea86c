// A program of its own: `walk-main.js ROOT LISTING COVERAGE`. Prints what it found as one line of JSON.
import { closeSync, openSync, writeSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import type { Coverage } from './listing.ts';
import { type Walked, walk } from './walk.ts';

/** What the program prints. */
export type WalkAnswer =
  | { readonly kind: 'walked'; readonly walked: Walked }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly code: string;
      readonly facts: readonly string[];
    };

const answer = (root: string, listingPath: string, covers: Coverage): WalkAnswer => {
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

const [root = '', listingPath = '', coverage = '{}'] = process.argv.slice(2);
writeSync(1, `${JSON.stringify(answer(root, listingPath, JSON.parse(coverage) as Coverage))}\n`);
