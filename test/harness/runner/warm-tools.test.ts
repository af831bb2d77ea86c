// Programs that run before a cold window.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import type { Features } from '../../../harness/model/machine.ts';
import { warmToolsOf } from '../../../harness/runner/warm-tools.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { temporaryFolder } from '../sys/support.ts';

test('a program that a backend starts runs before a cold window, also if it knows no --version', async (t) => {
  const folder = temporaryFolder(t);
  const program = join(folder, 'starter');
  writeFileSync(program, `#!/bin/sh\necho "$@" >${folder}/ran\nexit 1\n`);
  chmodSync(program, 0o755);
  const machine = createMachine({} as Features, { scratch: folder });
  const backend = { ...backends[0]!, starts: [program] };
  await warmToolsOf([{ backend }], [join(folder, 'never-built')])(machine, folder);
  assert.ok(existsSync(join(folder, 'ran')));
});
