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
  assert.equal(tools['good'], 'good 1.0');
  assert.equal(tools['stopped'], undefined);
});
