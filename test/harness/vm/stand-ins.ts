// A QEMU that is a stand-in, and what else a guest needs. A kernel is the script that the stand-in runs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { ownState } from '../../end-to-end/support.ts';
import { storedRun } from '../../report/support/stored-run.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { temporaryFolder } from '../sys/support.ts';

const home = mkdtempSync(join(tmpdir(), 'cfsbench-fake-guest-'));
const bin = join(home, 'bin');
/** Of the calls of this file. */
export const cache = join(home, 'cache');
/** A file with the arguments of the last call. */
export const argumentsFile = join(home, 'arguments');

const QEMU = `#!/bin/sh
[ "$1" != --version ] || { echo 'QEMU emulator version 7.2.0'; exit; }
echo "$*" >${argumentsFile}
while [ $# -gt 0 ]; do
  case $1 in
  -kernel) kernel=$2 ;;
  file:*) : >"\${1#file:}" ;;
  *call-*/results,*) results=\${1#file=} results=\${results%%,*} ;;
  esac
  shift
done
echo cfsbench-vm-up
. "$kernel"
`;
const MMDEBSTRAP = `#!/bin/sh
mkdir -p ${home}/tree/bin
echo busybox >${home}/tree/bin/busybox
for word; do
  case $word in */guest.tar) tar -C ${home}/tree -cf "$word" . ;; esac
done
`;

/** For the tests of this file. */
export const standIns = (): void => {
  before(() => {
    ownState();
    for (const folder of [bin, cache]) mkdirSync(folder);
    const fakes = { 'qemu-system-x86_64': QEMU, mmdebstrap: MMDEBSTRAP, 'mkfs.ext4': '#!/bin/sh\n' };
    for (const [name, text] of Object.entries(fakes)) writeFileSync(join(bin, name), text, { mode: 0o755 });
    process.env['PATH'] = `${bin}:${process.env['PATH']}`;
  });
  after(() => rmSync(home, { recursive: true }));
};

export const DONE = 'echo cfsbench-vm-done';

/** Returns an archive with the exit code of the job, and with a run if there is one. */
export const returning = (t: TestContext, exit: number, hasRun: boolean): string => {
  const out = temporaryFolder(t);
  writeFileSync(join(out, 'exit'), `${exit}\n`);
  if (hasRun) storeRun(join(out, 'run'), storedRun());
  return `tar -C ${out} -cf "$results" .`;
};

export const kernel = (t: TestContext, ...lines: readonly string[]): string => {
  const path = join(temporaryFolder(t), 'bzImage');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};
