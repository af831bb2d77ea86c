// The release of a kernel, which its modules have too: `6.12.117+deb13-amd64`.
//
// Error:   null for a file that says none where it should.
// Source:  Documentation/arch/x86/boot.rst (kernel_version); include/linux/vermagic.h; modinfo(8).

const SIGNATURE = 'HdrS';
const SIGNATURE_AT = 0x202;
const VERSION_POINTER_AT = 0x20e;
/** The pointer does not count the first sector. */
const SECTOR_BYTES = 0x200;
const LONGEST_BYTES = 256;
const ELF = '\x7fELF';
const BANNER = 'Linux version ';

const firstWord = (bytes: Buffer, at: number): string | null =>
  /^[\w.+~-]+/.exec(bytes.toString('latin1', at, at + LONGEST_BYTES))?.[0] ?? null;

/** Of a bzImage, by its header, or of an uncompressed vmlinux, by the line that it prints first. */
export const kernelRelease = (image: Buffer): string | null => {
  if (image.toString('latin1', SIGNATURE_AT, SIGNATURE_AT + SIGNATURE.length) === SIGNATURE) {
    const at = image.length < VERSION_POINTER_AT + 2 ? 0 : image.readUInt16LE(VERSION_POINTER_AT);
    return at === 0 ? null : firstWord(image, at + SECTOR_BYTES);
  }
  if (image.toString('latin1', 0, ELF.length) !== ELF) return null;
  const banner = image.indexOf(BANNER, 0, 'latin1');
  return banner < 0 ? null : firstWord(image, banner + BANNER.length);
};

/** A value of the section .modinfo of a module. */
export const moduleInfo = (module: Buffer, key: 'depends' | 'vermagic'): string | null => {
  const wanted = `\0${key}=`;
  const at = module.indexOf(wanted, 0, 'latin1');
  if (at < 0) return null;
  const start = at + wanted.length;
  return module.toString('latin1', start, module.indexOf(0, start));
};

/** Null: the module does not say for which kernel it was built. */
export const moduleRelease = (module: Buffer): string | null =>
  moduleInfo(module, 'vermagic')?.split(' ', 1)[0] ?? null;
