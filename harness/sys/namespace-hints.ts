// Why a system refuses namespaces or mounts inside them, and what to do about it.
//
// Reads:   sysctls, /proc/version, the marks that container runtimes leave.
// Source:  Documentation/admin-guide/LSM/apparmor.rst; user_namespaces(7); kernel.unprivileged_userns_clone is Debian's own.
import { existsSync, readFileSync } from 'node:fs';

const text = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Docker and podman mark their containers with files, others with an environment variable of the first process. */
export const containerKind = (): string | null => {
  if (existsSync('/.dockerenv')) return 'docker';
  if (existsSync('/run/.containerenv')) return 'podman';
  const named = process.env['container'] ?? '';
  return named === '' ? null : named;
};

export const isWsl = (): boolean => /microsoft/i.test(text('/proc/version'));

export const selinuxEnforces = (): boolean => text('/sys/fs/selinux/enforce') === '1';

export const whyRefused = (): string => {
  const container = containerKind();
  if (container !== null)
    return `this is a ${container} container: run on the host, or start the container with --privileged`;
  if (text('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'AppArmor keeps user namespaces from mounting: run as root, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  if (text('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'user namespaces are for root only here: run as root, or sysctl -w kernel.unprivileged_userns_clone=1';
  if (text('/proc/sys/user/max_user_namespaces') === '0')
    return 'user namespaces are turned off: run as root, or sysctl -w user.max_user_namespaces=10000';
  if (selinuxEnforces())
    return 'SELinux may refuse it: run as root, and look with ausearch -m avc -ts recent';
  if (isWsl()) return 'this is WSL: version 1 has no namespaces; wsl --set-version DISTRIBUTION 2';
  if (process.getuid?.() === 0)
    return 'root lacks CAP_SYS_ADMIN here, or / is no mount point (a plain chroot): start it in a mount namespace of its own, or on the host';
  return 'run as root';
};
