// Ends the connection of a FUSE mount whose server hangs, without touching the mount: a stat of it would hang as well.
//
// Needs:   root in the initial user namespace; the `fusectl` file system, at its usual place or mounted here for a moment.
// Reads:   mountinfo for the device number, whose minor part names the connection.
// Does:    writes to `abort`: requests in flight fail with ECONNABORTED, later ones with ENOTCONN, the server reads ENODEV.
// Error:   `waiting` counts requests that a slow server is about to answer as well: look twice before calling it hung.
//          What the kernel has cached stays readable after an abort, so that reading proves nothing about the server.
// Leaves:  nothing; the mount is still to be unmounted.
// Source:  Documentation/filesystems/fuse/fuse.rst (control filesystem).
import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mounts } from './mounts.ts';

const USUAL = '/sys/fs/fuse/connections';
const MOUNT_POINT_FIELD = 4;
const DEVICE_FIELD = 2;

/** The connection's number, from the list of mounts; null when no mount is there. */
const connectionAt = (at: string): string | null => {
  const found = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[MOUNT_POINT_FIELD] === at && / - fuse/.test(fields.join(' ')))
    .at(-1);
  return found?.[DEVICE_FIELD]?.split(':')[1] ?? null;
};

const withConnections = <T>(use: (folder: string) => T): T => {
  if (existsSync(join(USUAL, '.')) && readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${USUAL} `))
    return use(USUAL);
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
