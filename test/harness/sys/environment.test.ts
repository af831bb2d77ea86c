import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMachineFacts } from '../../../harness/sys/environment.ts';
import { temporaryFolder } from './support.ts';

test('a program that stops while it prints its version is killed, and gets no version', (t) => {
  const folder = temporaryFolder(t);
  const script = (name: string, line: string): readonly [string, string] => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${line}\n`);
    chmodSync(path, 0o755);
    return [name, path];
  };
  const servers = new Map([script('stopped', 'kill -STOP $$'), script('good', 'echo good 1.0')]);
  const { tools } = readMachineFacts(folder, servers);
  assert.match(tools['good']!, /^good 1\.0 sha256:[0-9a-f]{12}$/);
  assert.equal(tools['stopped'], undefined);
});

test('two servers of one version are told apart by their bytes, and other programs have their version alone', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'server');
  const facts = (comment: string): Readonly<Record<string, string>> => {
    writeFileSync(path, `#!/bin/sh\n# ${comment}\necho server 1.0\n`, { mode: 0o755 });
    return readMachineFacts(folder, new Map([['server of b', path]])).tools;
  };
  const [one, same, other] = [facts('one'), facts('one'), facts('other')];
  assert.deepEqual(one, same);
  assert.notEqual(one['server of b'], other['server of b']);
  assert.doesNotMatch(one['tar']!, /sha256/);
});
