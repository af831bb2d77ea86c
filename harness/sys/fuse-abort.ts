// Ends the connection of a FUSE mount whose server hangs, without touching the mount: a stat of it would hang as well.
//
// Needs:   root in the initial user namespace; the `fusectl` file system, at its usual place or mounted here for a moment.
// Reads:   the device number of the mount, whose minor part names the connection.
// Does:    writes to `abort`: requests in flight fail with ECONNABORTED, later ones with ENOTCONN, the server reads ENODEV.
// Error:   `waiting` counts requests that a slow server is about to answer as well: look twice before calling it hung.
//          What the kernel has cached stays readable after an abort, so that reading proves nothing about the server.
// Leaves:  nothing; the mount is still to be unmounted.
// Source:  Documentation/filesystems/fuse/fuse.rst (control filesystem).
import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMounts, topmostAt } from './mountinfo.ts';
import { mounts } from './mounts.ts';
import { mountAt } from './statmount.ts';

const USUAL = '/sys/fs/fuse/connections';

const isFuse = (type: string | undefined): boolean => /^fuse(blk)?(\.|$)/.test(type ?? '');

/** The connection's number; null when no FUSE mount is there. The list of all mounts is read only where one cannot be asked alone. */
const connectionAt = (at: string): string | null => {
  const found = mountAt(at);
  if (found !== undefined) return isFuse(found?.type) ? String(found?.deviceMinor) : null;
  const listed = topmostAt(readMounts(), at);
  return isFuse(listed?.type) ? (listed?.device.split(':')[1] ?? null) : null;
};

const isUsual = (): boolean => {
  const found = mountAt(USUAL);
  return (found === undefined ? topmostAt(readMounts(), USUAL) : found)?.type === 'fusectl';
};

const withConnections = <T>(use: (folder: string) => T): T => {
  if (isUsual()) return use(USUAL);
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-fusectl-'));
  try {
    mounts.attach(mounts.create('fusectl', [], ['nosuid', 'nodev']), folder);
    try {
      return use(folder);
    } finally {
      mounts.unmount(folder, true);
    }
  } finally {
    rmdirSync(folder);
  }
};

/** Requests that the server of the mount at exactly this path has not answered yet; null when there is no such mount. */
export const waitingRequests = (at: string): number | null => {
  const connection = connectionAt(at);
  if (connection === null) return null;
  return withConnections((folder) => Number(readFileSync(join(folder, connection, 'waiting'), 'utf8')));
};

/** False when there is no FUSE mount at exactly this path. */
export const abortFuse = (at: string): boolean => {
  const connection = connectionAt(at);
  if (connection === null) return false;
  withConnections((folder) => writeFileSync(join(folder, connection, 'abort'), '1'));
  return true;
};
