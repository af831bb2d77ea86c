// A block device whose blocks the kernel verifies (dm-verity): one file with data and, behind them, their hash tree, over a loop device.
//
// Needs:   root in the initial user namespace; loop devices; the device mapper with the target verity; veritysetup.
// Does:    format (untimed, once per image): SHA-256 without salt, blocks of 4096 bytes. open: a loop device, `veritysetup open`. After the
//          mount, `veritysetup close --deferred`: the kernel removes the device, and with it the loop device, after the unmount, as mount(8)
//          has it.
// Error:   a program starts twice for each mount; a runtime with the library would save that, and not the kernel's part.
// Leaves:  nothing once it is mounted. A run that is killed between open and close leaves a device and its loop device; the next start in
//          the same place, or `cfsbench clean`, finds it by its name and removes both.
// Source:  Documentation/admin-guide/device-mapper/verity.rst; veritysetup(8).
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import type { Mounted } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Machine } from '../model/machine.ts';

/** A mount starts it. */
export const VERITY_PROGRAM = 'veritysetup';
const BLOCK_BYTES = 4096;
const NAME_BYTES = 8;
const ROOT_HASH = /^Root hash:\s+([0-9a-f]{64})$/m;

/** A file with its hash tree. */
export interface VerityFile {
  readonly path: string;
  /** Where the hash tree begins. */
  readonly dataBytes: number;
  /** SHA-256 of the tree's root, 64 hex digits, which determines every block. */
  readonly rootHash: string;
}

const hashOffset = (dataBytes: number): string => `--hash-offset=${dataBytes}`;

/** Writes the hash tree behind the data and returns its root. */
export const formatVerity = async (machine: Machine, path: string, dataBytes: number): Promise<string> => {
  const printed = `${path}.printed`;
  try {
    await machine.command(
      VERITY_PROGRAM,
      [
        ...[VERITY_PROGRAM, 'format', path, path, '--hash=sha256', '--salt=-', hashOffset(dataBytes)],
        ...[`--data-block-size=${BLOCK_BYTES}`, `--hash-block-size=${BLOCK_BYTES}`],
        `--data-blocks=${dataBytes / BLOCK_BYTES}`,
      ],
      { stdout: printed },
    );
    const [, rootHash] = ROOT_HASH.exec(readFileSync(printed, 'utf8')) ?? [];
    if (rootHash !== undefined) return rootHash;
    throw new UserError(`${VERITY_PROGRAM} format printed no root hash`, { exit: 5, code: 'veritysetup' });
  } finally {
    rmSync(printed, { force: true });
  }
};

const wholeBlocks = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** Writes a hash tree behind changed data: where the old one was, or behind the data if they are longer. */
export const resealVerity = async (machine: Machine, path: string, oldDataBytes: number): Promise<void> => {
  const dataBytes = Math.max(oldDataBytes, wholeBlocks(statSync(path).size));
  truncateSync(path, dataBytes);
  await formatVerity(machine, path, dataBytes);
};

interface VerityFacts {
  readonly dataBytes: number;
  readonly rootHash: string;
}

/** The file `path` with the data that `write` puts there, filled up to whole blocks, and their hash tree. The first call makes it. */
export const verityFile = async (
  machine: Machine,
  path: string,
  write: (path: string) => void,
): Promise<VerityFile> => {
  const facts = `${path}.json`;
  if (!existsSync(facts)) {
    const made = `${path}.${randomBytes(NAME_BYTES).toString('hex')}`;
    write(made);
    const dataBytes = wholeBlocks(statSync(made).size);
    truncateSync(made, dataBytes);
    const rootHash = await formatVerity(machine, made, dataBytes);
    renameSync(made, path);
    writeFileSync(`${made}.json`, JSON.stringify({ dataBytes, rootHash } satisfies VerityFacts));
    renameSync(`${made}.json`, facts);
  }
  return { path, ...(JSON.parse(readFileSync(facts, 'utf8')) as VerityFacts) };
};

export interface VerityDevice {
  /** To be mounted. */
  readonly path: string;
  /** The loop device below it. */
  readonly loop: string;
}

interface OpenVerity extends VerityDevice {
  readonly name: string;
}

const open = async (machine: Machine, { path, dataBytes, rootHash }: VerityFile): Promise<OpenVerity> => {
  const name = machine.mounts.deviceName();
  const { device, fd } = machine.mounts.loop(path, { directIo: false });
  try {
    await machine.command(VERITY_PROGRAM, [
      VERITY_PROGRAM,
      'open',
      device,
      name,
      device,
      rootHash,
      hashOffset(dataBytes),
    ]);
  } finally {
    // The device keeps the loop device; without it the loop device ends here.
    machine.files.close(fd);
  }
  return { path: `/dev/mapper/${name}`, loop: device, name };
};

/** The library makes the name of the device, and only it or udev would remove it. */
const removeName = ({ files }: Machine, { path }: OpenVerity): void => {
  if (files.exists(path)) files.unlink(path);
};

const close = (machine: Machine, { name }: OpenVerity, ...how: readonly string[]): Promise<void> =>
  machine.command(VERITY_PROGRAM, [VERITY_PROGRAM, 'close', ...how, name]);

/** Code `verity-close`: an error of the device is no refusal of the mount. */
const closeDeferred = async (machine: Machine, device: OpenVerity): Promise<void> => {
  try {
    await close(machine, device, '--deferred');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, facts } = error;
    throw new UserError(`a mounted device cannot be closed: ${message}`, {
      code: 'verity-close',
      exit: 5,
      facts,
    });
  }
};

/** `mount` gets the open device, which lives as long as the returned mount. */
export const onVerityDevice = async (
  machine: Machine,
  file: VerityFile,
  mount: (device: VerityDevice) => Mounted,
): Promise<Mounted> => {
  const device = await open(machine, file);
  let mounted: Mounted | null = null;
  try {
    mounted = mount(device);
    await closeDeferred(machine, device);
  } catch (error) {
    mounted?.detach();
    await close(machine, device).catch(() => {});
    throw error;
  }
  const { settle } = mounted;
  return {
    ...mounted,
    held: {
      kind: 'unchecked',
      why: 'the kernel removes the verified device, and its loop device, after the unmount: the removal is deferred',
    },
    async settle() {
      await settle();
      removeName(machine, device);
    },
  };
};
