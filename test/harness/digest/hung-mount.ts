// Walks a folder with a short limit and prints the error. Runs in a namespace in which the folder hangs.

import { UserError } from '../../../harness/model/errors.ts';
import { walkMount } from '../support/walk-mount.ts';

const [root = '', listingPath = ''] = process.argv.slice(2);
try {
  await walkMount(root, { timeoutMs: 300, listingPath });
  console.log(JSON.stringify({ code: 'none' }));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.log(JSON.stringify({ code: error.code, facts: error.facts }));
}
