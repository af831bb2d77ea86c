// FUSE and the server cfs-fuse.
//
// Source: include/uapi/linux/fuse.h (struct fuse_init_in, FUSE_PASSTHROUGH, FUSE_OVER_IO_URING).
import { accessSync, constants, readSync } from 'node:fs';
import type { MountOption } from '../../model/calls.ts';
import { files, O_RDWR } from '../files.ts';
import { mounts } from '../mounts.ts';
import { isRealRoot } from '../namespace-probe.ts';
import { type FeatureGroup, type FeatureTest, missing, tryMount } from './feature.ts';
import { COMPILER, forRoot, kernelOption } from './hints.ts';

const INIT_FLAGS_AT = 40 + 12;
const INIT_FLAGS2_AT = 40 + 16;
const INIT_EXT = 1 << 30;
const REQUEST_BYTES = 8256;
const PASSTHROUGH_BIT = 37;
const IO_URING_BIT = 41;

const mountOptions = (device: number): readonly MountOption[] => [
  ['fd', String(device)],
  ['rootmode', '40000'],
  ['user_id', '0'],
  ['group_id', '0'],
];

const mountsFuse: FeatureTest = () => {
  const device = files.open('/dev/fuse', O_RDWR);
  try {
    tryMount('fuse', mountOptions(device));
    return '/dev/fuse opens and mounts';
  } finally {
    files.close(device);
  }
};

/** Reads the kernel's INIT request and closes the device without a reply. */
const readInit = (): Buffer => {
  const request = Buffer.alloc(REQUEST_BYTES);
  const device = files.open('/dev/fuse', O_RDWR);
  let mount: number;
  try {
    mount = mounts.create('fuse', mountOptions(device), ['ro', 'nosuid', 'nodev']);
    readSync(device, request, 0, request.length, null);
  } finally {
    files.close(device);
  }
  files.close(mount);
  return request;
};

const offers =
  (bit: number, name: string): FeatureTest =>
  () => {
    const request = readInit();
    const isExtended = (request.readUInt32LE(INIT_FLAGS_AT) & INIT_EXT) !== 0;
    const isOffered = isExtended && ((request.readUInt32LE(INIT_FLAGS2_AT) >>> (bit - 32)) & 1) === 1;
    return isOffered ? `the kernel offers ${name}` : missing(`the kernel does not offer ${name}`);
  };

const fuseKernelOption = kernelOption('CONFIG_FUSE_FS', 'fuse');

export const fuse: FeatureGroup<'fuse' | 'fuse-passthrough' | 'fuse-uring' | 'cfs-fuse'> = {
  fuse: {
    test: mountsFuse,
    hint: () =>
      isRealRoot()
        ? fuseKernelOption()
        : 'chmod 0666 /dev/fuse as root (udev does it if libfuse is installed), or run as root',
  },
  'fuse-passthrough': {
    test: offers(PASSTHROUGH_BIT, 'passthrough'),
    hint: forRoot('Linux 6.9 or later with CONFIG_FUSE_PASSTHROUGH=y'),
  },
  'fuse-uring': {
    test: offers(IO_URING_BIT, 'FUSE over io_uring'),
    hint: () =>
      'Linux 6.14 or later with CONFIG_FUSE_IO_URING=y; as root: echo Y > /sys/module/fuse/parameters/enable_uring',
  },
  'cfs-fuse': {
    test({ serverPath }) {
      accessSync(serverPath, constants.X_OK);
      return serverPath;
    },
    hint: () => COMPILER,
  },
};
