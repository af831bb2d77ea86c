// The calls of a call list that set up a loop device.
//
// Does:    open, LOOP_CTL_GET_FREE, close, open, LOOP_CONFIGURE, close; before Linux 5.8 LOOP_SET_FD with LOOP_SET_STATUS64.
// Error:   another process may take the free device first: then the whole list is made again.
// Leaves:  no bound device: autoclear is set with the binding or directly after it.
// Source:  loop(4), include/uapi/linux/loop.h.
import type { CallText, Fd } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import type { CallListBuilder } from './call-list.ts';
import { EBUSY, EINVAL, ENOTTY, fail } from './libc.ts';
import { EXPECT, type ListedCall, type Result, STORE } from './listed-call.ts';
import {
  allocatedLoops,
  CONFIG_BYTES,
  describeLoop,
  FLAGS_AT,
  INFO_AT,
  INFO_BYTES,
  LO_FLAGS_AUTOCLEAR,
  LO_FLAGS_DIRECT_IO,
  LO_FLAGS_READ_ONLY,
  LOOP_CONFIGURE,
  LOOP_CTL_GET_FREE,
  LOOP_GET_STATUS64,
  LOOP_SET_DIRECT_IO,
  LOOP_SET_FD,
  LOOP_SET_STATUS64,
} from './loop-device.ts';
import { callNumber } from './syscall-names.ts';

const IOCTL = callNumber('ioctl');
const O_RDONLY = 0;

/** True after a kernel rejected LOOP_CONFIGURE. */
let lacksConfigure = false;

const throwNoDirectIo = (file: string): never => {
  throw new UserError('the file system of the work folder does not support direct I/O by a loop device', {
    exit: 4,
    code: 'skip',
    facts: [file],
    hint: 'use a work folder on another file system: --work DIR',
  });
};

const ioctl = (
  list: CallListBuilder,
  [name, number]: readonly [name: string, number: number],
  args: ListedCall['args'],
  onFailure = (errno: number): void => fail(`ioctl(${name})`, {}, errno),
): Result => list.add({ number: IOCTL, args: [args[0]!, number, ...args.slice(1)], onFailure });

/** Without support by the file system the kernel makes a buffered device and reports no error. */
const expectDirect = (list: CallListBuilder, fd: Result, file: string): void => {
  const info = Buffer.alloc(INFO_BYTES);
  ioctl(list, ['LOOP_GET_STATUS64', LOOP_GET_STATUS64], [fd, info]);
  list.add({
    number: EXPECT,
    args: [{ bytes: info, at: FLAGS_AT }, LO_FLAGS_DIRECT_IO, LO_FLAGS_DIRECT_IO, EINVAL],
    onFailure: () => throwNoDirectIo(file),
  });
};

/** EBUSY: another process took the device. EINVAL, ENOTTY: an old kernel. Both need another list. */
const onDeviceFailure = (file: string) => (errno: number) => {
  if (errno === EBUSY) return;
  if (lacksConfigure || (errno !== EINVAL && errno !== ENOTTY))
    fail('ioctl(LOOP_CONFIGURE)', { facts: [file] }, errno);
  lacksConfigure = true;
};

interface Backed {
  readonly fd: Result;
  readonly backing: Result;
  readonly file: string;
  readonly directIo: boolean;
}

const configure = (list: CallListBuilder, { fd, backing, file, directIo }: Backed): void => {
  const config = Buffer.alloc(CONFIG_BYTES);
  const flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR | (directIo ? LO_FLAGS_DIRECT_IO : 0);
  describeLoop(file, flags).copy(config, INFO_AT);
  list.add({ number: STORE, args: [backing, config], onFailure: () => fail('store', {}, EINVAL) });
  ioctl(list, ['LOOP_CONFIGURE', LOOP_CONFIGURE], [fd, config], onDeviceFailure(file));
};

const configureInSteps = (list: CallListBuilder, { fd, backing, file, directIo }: Backed): void => {
  ioctl(list, ['LOOP_SET_FD', LOOP_SET_FD], [fd, backing], onDeviceFailure(file));
  const info = describeLoop(file, LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR);
  ioctl(list, ['LOOP_SET_STATUS64', LOOP_SET_STATUS64], [fd, info]);
  if (directIo) ioctl(list, ['LOOP_SET_DIRECT_IO', LOOP_SET_DIRECT_IO], [fd, 1], () => throwNoDirectIo(file));
};

export const listLoop = (
  list: CallListBuilder,
  { file, from, directIo }: { readonly file: string; readonly from: CallText; readonly directIo: boolean },
): { device: CallText; fd: Fd } => {
  const backing = list.openText(from, O_RDONLY);
  const control = list.openText('/dev/loop-control', O_RDONLY);
  const number = ioctl(list, ['LOOP_CTL_GET_FREE', LOOP_CTL_GET_FREE], [control, 0], (errno) =>
    fail('ioctl(LOOP_CTL_GET_FREE)', { hint: 'losetup --list' }, errno),
  );
  list.afterwards.push(() => {
    if (number.known !== null) allocatedLoops.add(number.known);
  });
  list.close(control);
  const device: CallText = ['/dev/loop', number];
  const fd = list.openText(device, O_RDONLY);
  const backed: Backed = { fd, backing, file, directIo };
  if (lacksConfigure) configureInSteps(list, backed);
  else configure(list, backed);
  if (directIo) expectDirect(list, fd, file);
  list.close(backing);
  return { device, fd };
};
