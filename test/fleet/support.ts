// Programs of schedulers, and the end of a machine as its processes see it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A reason to skip, or false. */
export const needsPrograms = (...programs: readonly string[]): string | false => {
  const missing = programs.filter((name) => spawnSync('sh', ['-c', 'command -v "$0"', name]).status !== 0);
  return missing.length === 0 ? false : `needs ${missing.join(', ')}: npm run check:fleet installs them`;
};

const parents = (): ReadonlyMap<number, number> =>
  new Map(
    readdirSync('/proc').flatMap((name): [number, number][] => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
      } catch {
        return []; // The process has ended.
      }
    }),
  );

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended.
  }
};

/** A process with all that it started, at once: none sees the end of another. `withParent`: its parent too. */
export const killTree = (root: number, { withParent }: { readonly withParent: boolean }): void => {
  const all = parents();
  const found = [root];
  for (const pid of found)
    for (const [child, parent] of all) if (parent === pid && !found.includes(child)) found.push(child);
  const parent = all.get(root);
  if (withParent && parent !== undefined && parent > 1) found.push(parent);
  for (const pid of found) send(pid, 'SIGSTOP');
  for (const pid of found) send(pid, 'SIGKILL');
};

/** Of the loopback interface; somebody else may take it meanwhile. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
