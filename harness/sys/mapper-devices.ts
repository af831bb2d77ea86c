// Devices of the device mapper: names by which the next start or `cfsbench clean` finds leftovers of a killed run.
//
// Needs:   root and dmsetup to remove one.
// Reads:   names and UUIDs of all devices, and the files of the loop devices below them, as sysfs shows them.
// Does:    `dmsetup remove` of a device if three things say that the run made it: its name begins with the digest of the work folder's
//          name, its UUID is that of veritysetup for this name, and each device below it is a loop device over a file of the work folder.
// Error:   the kernel refuses a device in use. A path in sysfs begins at a mount that may be gone, so the work folder's name is
//          looked for anywhere in it.
// Leaves:  nothing.
// Source:  Documentation/ABI/testing/sysfs-block-dm; loop(4); dmsetup(8).
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { readText } from './read-text.ts';
import { runTool, type ToolEnd } from './tool.ts';

const TAG_DIGITS = 16;
const NUMBER_BYTES = 8;
const REMOVE_LIMIT_MS = 20_000;

/** The same for all devices of a run. The name of a work folder has the run's id, which may be too long for a device. */
const beginning = (workDir: string): string =>
  `cfsbench-${createHash('sha256').update(basename(workDir)).digest('hex').slice(0, TAG_DIGITS)}-`;

/** A new name at each call. */
export const deviceNames = (workDir: string): (() => string) => {
  const begins = beginning(workDir);
  return () => `${begins}${randomBytes(NUMBER_BYTES).toString('hex')}`;
};

export interface MapperPlaces {
  /** A folder for each block device. */
  readonly blocks: string;
  /** Where the library and udev put names of devices. */
  readonly names: string;
  remove(name: string): Promise<Pick<ToolEnd, 'status' | 'how' | 'stderr'>>;
}

const here: MapperPlaces = {
  blocks: '/sys/block',
  names: '/dev/mapper',
  // The mounts of a killed run may take a moment to end.
  remove: (name) => runTool(['dmsetup', 'remove', '--retry', name], { limitMs: REMOVE_LIMIT_MS }),
};

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

interface MapperDevice {
  /** Its folder in sysfs. */
  readonly path: string;
  readonly name: string;
  readonly uuid: string;
}

const devicesIn = (blocks: string): readonly MapperDevice[] =>
  namesIn(blocks)
    .filter((block) => block.startsWith('dm-'))
    .map((block) => {
      const path = join(blocks, block);
      const [name, uuid] = ['dm/name', 'dm/uuid'].map((fact) => readText(join(path, fact)) ?? '');
      return { path, name: name!, uuid: uuid! };
    });

const namesOf = (blocks: string): ReadonlySet<string> => new Set(devicesIn(blocks).map(({ name }) => name));

/** A device whose program was killed before it gave it a table has nothing below it. */
const isOverFilesOf = (workDir: string, { path }: MapperDevice): boolean =>
  namesIn(join(path, 'slaves')).every((below) =>
    readText(join(path, 'slaves', below, 'loop/backing_file'))
      ?.split('/')
      .includes(basename(workDir)),
  );

const isOf = (workDir: string, device: MapperDevice): boolean => {
  const { name, uuid } = device;
  const isVerity = uuid.startsWith('CRYPT-VERITY-') && uuid.endsWith(`-${name}`);
  return name.startsWith(beginning(workDir)) && isVerity && isOverFilesOf(workDir, device);
};

/** Removes those of a run that has ended. Throws if one stays. */
export const removeDevicesOf = async (workDir: string, places: MapperPlaces = here): Promise<void> => {
  const { blocks, names, remove } = places;
  for (const { name } of devicesIn(blocks).filter((device) => isOf(workDir, device))) {
    const { status, how, stderr } = await remove(name);
    // The kernel may have removed it meanwhile.
    if (status === 0 || !namesOf(blocks).has(name)) continue;
    throw new UserError(`cannot remove the device ${name} of a killed run`, {
      exit: 5,
      code: 'not-removed',
      facts: [`dmsetup: ${stderr.trim() === '' ? how : stderr.trim()}`],
      hint: `as root: dmsetup remove ${name}`,
    });
  }
  // Without udev a name stays when the kernel removes its device by itself.
  const live = namesOf(blocks);
  for (const name of namesIn(names))
    if (name.startsWith(beginning(workDir)) && !live.has(name)) unlinkSync(join(names, name));
};
