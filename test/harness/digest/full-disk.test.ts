import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { expectedListing } from '../../../harness/digest/of-tree.ts';
import type { WalkResult } from '../../../harness/digest/walk-main.ts';
import { inline, treeOf } from '../images/trees.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { removeFolder, tempFolder } from './rich-tree.ts';

const WALKER = fileURLToPath(new URL('../../../harness/digest/walk-main.js', import.meta.url));
const COVERAGE = JSON.stringify({ contents: true, selinux: false, trusted: true });
/** Their lines have more than 64 KiB and are written in one piece. */
const NAMES = Array.from({ length: 250 }, (_, i) => `${i}`.padStart(250, 'n'));

describe('a listing on a disk that is too small', { skip: needsRoot }, () => {
  let folder = '';
  before(() => {
    folder = tempFolder();
    for (const name of ['small', 'files']) mkdirSync(join(folder, name));
    for (const name of NAMES) writeFileSync(join(folder, 'files', name), '');
    privateMounts();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(folder, 'small')]);
  });
  afterEach(() => {
    for (const name of ['expected', 'seen']) rmSync(join(folder, 'small', name), { force: true });
  });
  after(() => {
    execFileSync('umount', [join(folder, 'small')]);
    removeFolder(folder);
  });

  it('is an error for the expected listing, not a shorter listing', () => {
    const tree = treeOf(Object.fromEntries(NAMES.map((name) => [name, inline('')])));
    const listingPath = join(folder, 'small/expected');
    assert.throws(() => expectedListing({ tree, imageVersion: 0 }, { listingPath }), { code: 'ENOSPC' });
  });

  it('is an error for the walk', () => {
    const walker = [WALKER, join(folder, 'files'), join(folder, 'small/seen'), COVERAGE];
    const answer = JSON.parse(execFileSync(process.execPath, walker, { encoding: 'utf8' })) as WalkResult;
    assert.ok(answer.kind === 'failed', answer.kind);
    assert.equal(answer.code, 'ENOSPC');
  });
});
