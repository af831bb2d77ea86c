// Program of the namespace tests: starts itself again in private namespaces.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INNER } from '../../../harness/sys/inner.ts';
import { onInterrupt } from '../../../harness/sys/interrupts.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { listenToOuter, startInNamespace } from '../../../harness/sys/namespace.ts';

const [, , mode = '', folder = ''] = process.argv;
const KILLED = 9;
const REAPED_LIMIT_MS = 20_000;

/** Zombies of this PID namespace. */
const zombies = (): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false;
    }
  });

/** Zombies that are not reaped within the limit. */
const lastingZombies = (): string[] => {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + REAPED_LIMIT_MS; zombies().length > 0 && Date.now() < end; )
    Atomics.wait(pause, 0, 0, 10);
  return zombies();
};

const inner = async (): Promise<void> => {
  const outer = await listenToOuter(() => {
    process.stdout.write('interrupted\n');
    process.exit(7);
  });
  const at = join(folder, 'at');
  mkdirSync(at);
  mounts.attach(mounts.create('tmpfs', [], []), at);
  writeFileSync(join(at, 'inside'), '');
  spawn('sh', ['-c', 'sleep 60; :', folder], { stdio: 'ignore' });
  execFileSync('sh', ['-c', '(setsid sh -c "sleep 61; :" "$0" &)', folder], { stdio: 'ignore' });
  // An orphan that exits at once must be reaped.
  execFileSync('sh', ['-c', '(true &)']);
  process.stdout.write('ready\n');
  if (mode === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (mode === 'exit') process.exit(5);
  if (mode === 'wait') setInterval(() => {}, 1000);
  if (mode === 'report') {
    const seen = execFileSync('sh', ['-c', 'for n in 3 4; do readlink /proc/$$/fd/$n; done; true'], {
      encoding: 'utf8',
    });
    process.stdout.write(
      `zombies: ${lastingZombies().join(' ') || 'none'}\ninherited: ${/socket|pipe/.test(seen) ? seen : 'none'}\n`,
    );
    outer.close();
    process.exit(0);
  }
};

if (process.env[INNER] === undefined) {
  const running = await startInNamespace({
    argv: [process.execPath, fileURLToPath(import.meta.url), mode, folder],
  });
  let interruptCount = 0;
  onInterrupt(() => {
    if (interruptCount++ > 0) return running.kill();
    process.stdout.write('outer interrupted\n');
    running.interrupt();
  });
  const end = await running.ended;
  if (end.kind === 'killed') process.stdout.write(`${end.what}\n`);
  process.exitCode = end.kind === 'exited' ? end.code : KILLED;
} else await inner();
