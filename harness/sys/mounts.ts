// Single mount operations.
//
// Needs:   Linux 5.2; CAP_SYS_ADMIN in the mount namespace.
// Does:    one call list for each operation.
// Leaves:  nothing: the kernel removes a detached mount with its descriptor, an attached one with the private namespace.
// Source:  statx(2), statmount(2).

import { fdOf, textOf } from '../model/calls.ts';
import type { Mounts } from '../model/machine.ts';
import { makeCalls } from './call-list.ts';
import { fail } from './libc.ts';
import { removeNewLoops } from './loop-device.ts';
import { readMounts, topmostAt } from './mountinfo.ts';
import type { WaitLimits } from './run-list.ts';
import { settled } from './settled.ts';
import { mountAt } from './statmount.ts';
import { isMountRoot, statx, THIS_PATH } from './statx.ts';
import { superblockAt, superblockFree } from './superblocks.ts';

const ONCE: WaitLimits = { pauseNs: 0, limitMs: 0, poll: (condition) => condition() };

const isMount: Mounts['isMount'] = (path) => {
  const fields = statx(path, THIS_PATH, 0) ?? fail('statx', { facts: [path] });
  return isMountRoot(fields) ?? topmostAt(readMounts(), path) !== undefined;
};

const create: Mounts['create'] = (type, options, attributes) =>
  fdOf(makeCalls((list) => list.create(type, options, attributes)));

export const mounts: Omit<Mounts, 'abortFuse' | 'deviceName'> = {
  create,
  clone: (path) => fdOf(makeCalls((list) => list.clone(path))),
  attach: (mount, at) => makeCalls((list) => list.attach(mount, at)),
  unmount: (at, lazy) => makeCalls((list) => list.unmount(at, lazy)),
  loop(file, options) {
    const { device, fd } = makeCalls((list) => list.loop(file, options));
    return { device: textOf(device), fd: fdOf(fd) };
  },
  loopFree: (device) => settled({ loop: device }, ONCE),
  removeNewLoops,
  superblockAt,
  superblockFree: (number) => superblockFree(number, create),
  isMount,
  typeAt(path) {
    const found = mountAt(path);
    return (found === undefined ? topmostAt(readMounts(), path) : found)?.type ?? null;
  },
};
