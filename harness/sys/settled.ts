// Waits until a mount's resource is free.
//
// Does:    polls with pauses of 20 us.
// Reads:   a write lease on the file (refused while another open file description refers to it), LOOP_GET_STATUS64 (ENXIO if
//          the device is free), statx(2) of the mount point.
// Source:  fcntl(2), "File leases"; loop(4); statx(2), STATX_ATTR_MOUNT_ROOT (Linux 5.8).
import type { SettleCondition } from '../model/machine.ts';
import { CallListBuilder } from './call-list.ts';
import { EAGAIN, EBUSY, ENOSYS, ENXIO, fail, NR } from './libc.ts';
import { ALWAYS, EXPECT, type ListedCall, type Result } from './listed-call.ts';
import { INFO_BYTES, LOOP_GET_STATUS64 } from './loop-device.ts';
import { readMounts, topmostAt } from './mountinfo.ts';
import { type WaitLimits, waitList } from './run-list.ts';
import {
  AT_FDCWD,
  STATX_ATTR_MOUNT_ROOT,
  STATX_ATTRIBUTES_AT,
  STATX_ATTRIBUTES_MASK_AT,
  STATX_BYTES,
  THIS_PATH,
} from './statx.ts';
import { callNumber } from './syscall-names.ts';

const FCNTL = callNumber('fcntl');
const IOCTL = callNumber('ioctl');
const CLOSE = callNumber('close');
const O_RDONLY = 0;
const F_SETLEASE = 1024;
const F_WRLCK = 1;
const F_UNLCK = 2;

const close = (list: CallListBuilder, fd: Result): Result =>
  list.add({
    number: CLOSE,
    args: [fd],
    flags: ALWAYS,
    closes: fd,
    onFailure: (errno) => fail('close', {}, errno),
  });

const lease = (list: CallListBuilder, path: string): void => {
  const fd = list.openText(path, O_RDONLY);
  const onFailure: ListedCall['onFailure'] = (errno) => fail('fcntl(F_SETLEASE)', { facts: [path] }, errno);
  list.add({ number: FCNTL, args: [fd, F_SETLEASE, F_WRLCK], notYet: EAGAIN, onFailure });
  list.add({ number: FCNTL, args: [fd, F_SETLEASE, F_UNLCK], onFailure });
  close(list, fd);
};

const loop = (list: CallListBuilder, device: string): void => {
  const fd = list.openText(device, O_RDONLY);
  list.add({
    number: IOCTL,
    args: [fd, LOOP_GET_STATUS64, Buffer.alloc(INFO_BYTES)],
    wanted: ENXIO,
    onFailure: (errno) => fail('ioctl(LOOP_GET_STATUS64)', { facts: [device] }, errno),
  });
  close(list, fd);
};

/** False on kernels whose statx does not report mount roots: mountinfo is read instead. */
let statxReportsMounts = true;

const unmounted = (list: CallListBuilder, at: string): void => {
  const into = Buffer.alloc(STATX_BYTES);
  list.add({
    number: NR.statx,
    args: [AT_FDCWD, at, THIS_PATH, 0, into],
    onFailure: (errno) => fail('statx', { facts: [at] }, errno),
  });
  list.add({
    number: EXPECT,
    args: [
      { bytes: into, at: STATX_ATTRIBUTES_MASK_AT },
      STATX_ATTR_MOUNT_ROOT,
      STATX_ATTR_MOUNT_ROOT,
      ENOSYS,
    ],
    onFailure: () => {
      statxReportsMounts = false;
    },
  });
  list.add({
    number: EXPECT,
    args: [{ bytes: into, at: STATX_ATTRIBUTES_AT }, STATX_ATTR_MOUNT_ROOT, 0, EBUSY],
    notYet: EBUSY,
    onFailure: () => {},
  });
};

const listOf = (until: SettleCondition): CallListBuilder => {
  const list = new CallListBuilder();
  if ('lease' in until) lease(list, until.lease);
  else if ('loop' in until) loop(list, until.loop);
  else unmounted(list, until.unmounted);
  return list;
};

/** The calls that succeed once the condition holds. */
export const settledCalls = (until: SettleCondition): readonly ListedCall[] => listOf(until).calls;

/** False if the limit passed. */
export const settled = (until: SettleCondition, limits: WaitLimits): boolean => {
  const calls = settledCalls(until);
  if (!('unmounted' in until)) return waitList(calls, limits);
  if (statxReportsMounts && waitList(calls, limits)) return true;
  if (statxReportsMounts) return false;
  return limits.poll(() => topmostAt(readMounts(), until.unmounted) === undefined, limits.limitMs);
};
