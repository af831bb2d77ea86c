// Boots one kernel that this machine has in a virtual machine and counts one life of each headline backend there, for CI; or says why
// it does not. Installs, downloads and makes nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../harness/sys/spawn.ts';
import { cacheParent, VM_CACHE } from '../../harness/vm/cache.ts';
import { KERNEL_PREFIX } from '../../harness/vm/kernel.ts';
import { readRun, readSamples } from '../../results/read.ts';

const PROGRAM = fileURLToPath(new URL('../../harness/cli/main.js', import.meta.url));
const LIMIT_MS = 240_000;
/** Exit code: cannot be done here. */
const IN_USE = 4;
const HEADLINE = ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay'];

const parent = process.env['CFSBENCH_VM_CACHE'] ?? cacheParent();
const cache = join(parent, VM_CACHE);

/** Options of `cfsbench vm`; null: none is here. */
const kernelHere = (): readonly string[] | null => {
  const cached = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith(KERNEL_PREFIX)) : [];
  const [first] = cached.sort().reverse();
  if (first !== undefined) return ['--kernel', `deb:${first.slice(KERNEL_PREFIX.length)}`];
  const booted = existsSync('/boot')
    ? readdirSync('/boot').filter((name) => name.startsWith('vmlinuz-'))
    : [];
  const [installed] = booted.sort().reverse();
  if (installed === undefined) return null;
  const modules = join('/lib/modules', installed.slice('vmlinuz-'.length));
  return existsSync(modules) ? ['--kernel', join('/boot', installed), '--modules', modules] : null;
};

const whyNot = (kernel: readonly string[] | null): string | null => {
  for (const name of ['qemu-system-x86_64', 'mmdebstrap', 'mkfs.ext4'])
    if (findProgram(name) === null) return `${name} is not installed`;
  if (kernel === null) return 'no kernel with modules is here';
  return existsSync(cache) && readdirSync(cache).some((name) => /^guest-[^.]+$/.test(name))
    ? null
    : `no guest was made yet in ${cache}`;
};

const boot = (kernel: readonly string[]): void => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-boot-'));
  try {
    const out = join(folder, 'run');
    const run = [
      'run',
      '--count-only',
      '--count-passes',
      '1',
      '--scenarios',
      'churn',
      '--backends',
      'headline',
    ];
    const argv = [
      'vm',
      ...kernel,
      '--cache',
      parent,
      '--out',
      out,
      '--',
      ...run,
      '--images',
      'synthetic:files=50',
    ];
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    process.stderr.write(stderr);
    if (status === IN_USE && stderr.includes('another process uses the kernels')) {
      process.stdout.write('skipped: no kernel is booted: another process uses the kernels and guests\n');
      return;
    }
    assert.equal(status, 0, 'cfsbench vm failed, or took too long');
    const samples = [...readSamples(out)];
    assert.ok(samples.length > 0);
    for (const arm of HEADLINE)
      assert.ok(
        samples.some((sample) => sample.arm === arm && sample.outcome === 'ok'),
        `${arm} was not counted`,
      );
    const { guest, proofs } = readRun(out);
    assert.ok(proofs.every(({ equal }) => equal));
    process.stdout.write(
      `booted ${guest?.kernel} (${guest?.accelerator}): ${samples.length} slots counted\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const kernel = kernelHere();
const reason = whyNot(kernel);
if (reason !== null) process.stdout.write(`skipped: no kernel is booted: ${reason}\n`);
else boot(kernel!);
