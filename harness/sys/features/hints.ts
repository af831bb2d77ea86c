// Hints for missing features: commands for the package managers, kernel options, or the reason why nothing helps.
import { isWsl } from '../namespace-hints.ts';
import { isRealRoot } from '../namespace-probe.ts';

const AS_ROOT = 'run as root, outside containers';

/** The hint itself for root; other users need root first. */
export const forRoot = (hint: string) => (): string => (isRealRoot() ? hint : AS_ROOT);

export const asRoot = (): string => AS_ROOT;

export const packages = (debian: string, fedora = debian, arch = debian): string =>
  `apt install ${debian}, dnf install ${fedora}, or pacman -S ${arch}`;

export const COMPILER = `${packages('gcc libc6-dev', 'gcc glibc-devel', 'gcc')}; then npm run build`;

export const kernelOption = (option: string, module: string) => (): string => {
  if (!isRealRoot()) return AS_ROOT;
  return isWsl()
    ? `this is WSL: build its kernel with ${option}`
    : `modprobe ${module} (in a container: on its host); the kernel needs ${option}`;
};
