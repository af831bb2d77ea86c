// An archive in the format that the kernel unpacks as its first root file system.
//
// Source: Documentation/driver-api/early-userspace/buffer-format.rst (newc).

interface CpioEntry {
  /** Relative to the root; parents come first. */
  readonly path: string;
  /** File type and permissions, as in stat(2). */
  readonly mode: number;
  /** Contents of a file. */
  readonly bytes?: Uint8Array;
}

const MAGIC = '070701';
const ALIGNMENT = 4;
const TRAILER = 'TRAILER!!!';
const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;

export const folderEntry = (path: string): CpioEntry => ({ path, mode: DIRECTORY });
export const fileEntry = (path: string, bytes: Uint8Array | string): CpioEntry => ({
  path,
  mode: PROGRAM,
  bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
});

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);

const headerOf = ({ path, mode, bytes }: CpioEntry, inode: number): Buffer => {
  const name = Buffer.from(`${path}\0`);
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, 1, 0, bytes?.length ?? 0, 0, 0, 0, 0, name.length, 0];
  const header = `${MAGIC}${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return padded(Buffer.concat([Buffer.from(header), name]));
};

export const cpioOf = (entries: readonly CpioEntry[]): Buffer =>
  Buffer.concat(
    [...entries, { path: TRAILER, mode: 0 }].flatMap((entry, at) => [
      headerOf(entry, at + 1),
      padded(entry.bytes ?? Buffer.alloc(0)),
    ]),
  );
