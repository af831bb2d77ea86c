// Fallbacks for older kernels give the same results: a seccomp filter makes newer system calls fail as an older kernel would.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NR } from '../../../harness/sys/libc.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { besideNeighbours } from '../../neighbours.ts';
import { needsRoot, temporaryFolder } from './support.ts';

const SOURCE = fileURLToPath(new URL('../../../../test/fixtures/old-kernel.c', import.meta.url));
const CHILD = fileURLToPath(new URL('./old-kernel-main.js', import.meta.url));
const LOOP_CONFIGURE = 0x4c0a;
const ANY = -1;
const IOCTL = process.arch === 'arm64' ? 29 : 16;

const compiler = findProgram('cc');
const skip = needsRoot || (compiler === null ? 'needs a C compiler' : false);

interface Refusal {
  readonly call: number;
  readonly errno: number;
  /** The second argument of the refused calls. */
  readonly request: number;
}

const resultOf = (args: readonly string[]): unknown =>
  JSON.parse(execFileSync(process.execPath, [CHILD, ...args], { encoding: 'utf8' }));

const resultWithout = (t: TestContext, { call, errno, request }: Refusal, args: readonly string[]) => {
  const program = join(temporaryFolder(t), 'old-kernel');
  execFileSync(compiler ?? 'cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, SOURCE]);
  const argv = [String(call), String(errno), String(request), process.execPath, CHILD, ...args];
  return JSON.parse(execFileSync(program, argv, { encoding: 'utf8' })) as unknown;
};

const fileOf = (t: TestContext, sizeBytes: number): string => {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, Buffer.alloc(sizeBytes, 'x'));
  return path;
};

describe('on an older kernel', { skip }, () => {
  const { ENOSYS, EINVAL } = constants.errno;

  test('without cachestat (before Linux 6.5) mincore counts the same cached pages', (t) =>
    besideNeighbours(t, 'the caches', () => {
      const args = ['residency', fileOf(t, 40_000)];
      const refusal = { call: NR.cachestat, errno: ENOSYS, request: ANY };
      assert.deepEqual(resultWithout(t, refusal, args), { residentPages: 10, pages: 10 });
      assert.deepEqual(resultOf(args), { residentPages: 10, pages: 10 });
    }));

  test('without statmount (before Linux 6.8) the list of mounts gives the same type', (t) => {
    const args = ['mount-type', '/proc'];
    const refusal = { call: NR.statmount, errno: ENOSYS, request: ANY };
    assert.equal(resultWithout(t, refusal, args), 'proc');
    assert.equal(resultOf(args), 'proc');
  });

  test('without LOOP_CONFIGURE (before Linux 5.8) a loop device is set up in steps', (t) => {
    const path = fileOf(t, 0);
    truncateSync(path, 1 << 20);
    const refusal = { call: IOCTL, errno: EINVAL, request: LOOP_CONFIGURE };
    assert.equal(resultWithout(t, refusal, ['loop', path]), path);
    assert.equal(resultOf(['loop', path]), path);
  });
});
