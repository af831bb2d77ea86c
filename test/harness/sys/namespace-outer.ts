// Started by the namespace tests: enters private namespaces and runs itself again inside.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mounts } from '../../../harness/sys/mounts.ts';
import { enter, innerPrivilege, listenToOuter } from '../../../harness/sys/namespace.ts';

const [, , mode = '', folder = ''] = process.argv;

const zombies = (): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false;
    }
  }).length;

const inner = async (): Promise<void> => {
  const stopListening = await listenToOuter(() => {
    process.stdout.write('interrupted\n');
    process.exit(7);
  });
  const at = join(folder, 'at');
  mkdirSync(at);
  mounts.attach(mounts.create('tmpfs', [], []), at);
  writeFileSync(join(at, 'inside'), '');
  spawn('sh', ['-c', 'sleep 60; :', folder], { stdio: 'ignore' });
  execFileSync('sh', ['-c', '(setsid sh -c "sleep 61; :" "$0" &)', folder], { stdio: 'ignore' });
  // An orphan that ends at once: somebody must reap it.
  execFileSync('sh', ['-c', '(true &) ; sleep 0.1']);
  process.stdout.write('ready\n');
  if (mode === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (mode === 'exit') process.exit(5);
  if (mode === 'wait') setInterval(() => {}, 1000);
  if (mode === 'report') {
    const seen = execFileSync('sh', ['-c', 'for n in 3 4; do readlink /proc/$$/fd/$n; done; true'], {
      encoding: 'utf8',
    });
    process.stdout.write(`zombies: ${zombies()}\nhanded on: ${/socket|pipe/.test(seen) ? seen : 'none'}\n`);
    stopListening();
    process.exit(0);
  }
};

if (innerPrivilege() === null)
  process.exitCode = await enter({ argv: [process.execPath, fileURLToPath(import.meta.url), mode, folder] });
else await inner();
