// Why a system refuses namespaces or mounts inside them, and the remedy.
//
// Reads:   sysctls, /proc/version, marker files of container runtimes.
// Source:  Documentation/admin-guide/LSM/apparmor.rst; user_namespaces(7); kernel.unprivileged_userns_clone exists on Debian only.
import { existsSync } from 'node:fs';
import { readText } from './read-text.ts';

/** Docker and podman create a marker file; other runtimes set an environment variable. */
const containerKind = (): string | null => {
  if (existsSync('/.dockerenv')) return 'docker';
  if (existsSync('/run/.containerenv')) return 'podman';
  const named = process.env['container'] ?? '';
  return named === '' ? null : named;
};

export const isWsl = (): boolean => /microsoft/i.test(readText('/proc/version') ?? '');

export const whyRefused = (): string => {
  const container = containerKind();
  if (container !== null)
    return `this is a ${container} container: run on the host, or start the container with --privileged`;
  if (readText('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'AppArmor forbids mounts in user namespaces: run as root, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  if (readText('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'only root may make user namespaces: run as root, or sysctl -w kernel.unprivileged_userns_clone=1';
  if (readText('/proc/sys/user/max_user_namespaces') === '0')
    return 'user namespaces are disabled: run as root, or sysctl -w user.max_user_namespaces=10000';
  if (readText('/sys/fs/selinux/enforce') === '1')
    return 'SELinux may forbid it: run as root, and check with ausearch -m avc -ts recent';
  if (isWsl()) return 'this is WSL: version 1 has no namespaces; wsl --set-version DISTRIBUTION 2';
  if (process.getuid?.() === 0)
    return 'root lacks CAP_SYS_ADMIN, or / is not a mount point (a plain chroot): run in a new mount namespace (unshare --mount), or on the host';
  return 'run as root';
};
