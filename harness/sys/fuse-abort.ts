// Aborts the connection of a FUSE mount whose server hangs, without touching the mount: a stat would hang too.
//
// Needs:   root in the initial user namespace; the `fusectl` file system: a detached mount of it, if the machine has none.
// Reads:   the device number of the mount; its minor part is the name of the connection.
// Does:    writes to `abort`: requests in flight fail with ECONNABORTED, later ones with ENOTCONN, the server reads ENODEV.
// Error:   `waiting` also counts requests that a slow server will answer: read it twice before calling a server hung.
//          Cached contents stay readable after an abort, so a successful read does not prove that the server works.
// Leaves:  nothing; the mount stays attached.
// Source:  Documentation/filesystems/fuse/fuse.rst (control filesystem).
import { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBelow, readMounts, topmostAt } from './mountinfo.ts';
import { mounts } from './mounts.ts';
import { mountAt } from './statmount.ts';

const CONNECTIONS = '/sys/fs/fuse/connections';

const isFuse = (type: string | undefined): boolean => /^fuse(blk)?(\.|$)/.test(type ?? '');

/** Number of the connection; null if the path is no FUSE mount. Reads the list of all mounts only if the kernel lacks statmount. */
const connectionAt = (at: string): string | null => {
  const found = mountAt(at);
  if (found !== undefined) return isFuse(found?.type) ? String(found?.deviceMinor) : null;
  const listed = topmostAt(readMounts(), at);
  return isFuse(listed?.type) ? (listed?.device.split(':')[1] ?? null) : null;
};

const hasFusectl = (): boolean => {
  const found = mountAt(CONNECTIONS);
  return (found === undefined ? topmostAt(readMounts(), CONNECTIONS) : found)?.type === 'fusectl';
};

const withConnections = <T>(use: (folder: string) => T): T => {
  if (hasFusectl()) return use(CONNECTIONS);
  // Reached through its descriptor, so that nothing stays if this process is killed.
  const mount = mounts.create('fusectl', [], ['nosuid', 'nodev']);
  try {
    return use(`/proc/self/fd/${mount}`);
  } finally {
    closeSync(mount);
  }
};

/** Unanswered requests of the mount at exactly this path; null if there is no FUSE mount. */
export const waitingRequests = (at: string): number | null => {
  const connection = connectionAt(at);
  if (connection === null) return null;
  return withConnections((folder) => Number(readFileSync(join(folder, connection, 'waiting'), 'utf8')));
};

const abort = (folder: string, connection: string): void =>
  writeFileSync(join(folder, connection, 'abort'), '1');

/** False if there is no FUSE mount at exactly this path. */
export const abortFuse = (at: string): boolean => {
  const connection = connectionAt(at);
  if (connection === null) return false;
  withConnections((folder) => abort(folder, connection));
  return true;
};

/** Aborts all FUSE mounts below a folder in the mount namespace of a process, also those under another mount. */
export const abortFuseBelow = (dir: string, pid: number | 'self' = 'self'): void => {
  const connections = readMounts(pid)
    .filter(({ at, type }) => isFuse(type) && isBelow(at, dir))
    .map(({ device }) => device.split(':')[1]!);
  if (connections.length > 0)
    withConnections((folder) => {
      for (const connection of connections) abort(folder, connection);
    });
};
