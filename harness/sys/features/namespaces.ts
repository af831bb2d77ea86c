// Privileges and namespaces.
import { whyRefused } from '../namespace-hints.ts';
import { isRealRoot } from '../namespace-probe.ts';
import { type FeatureGroup, missing, toolLine, tryMount } from './feature.ts';
import { packages } from './hints.ts';

export const namespaces: FeatureGroup<
  'root' | 'mount-namespace' | 'pid-namespace' | 'user-namespace' | 'sub-ids'
> = {
  root: {
    test: () =>
      isRealRoot()
        ? 'root in the initial user namespace'
        : missing(`user ${process.getuid?.()} of a user namespace`),
    hint: () => 'run as root, outside containers: EROFS mounts, BPF and cold caches need it',
  },
  'mount-namespace': {
    test() {
      tryMount('tmpfs', []);
      return 'private, mounts allowed';
    },
    hint: whyRefused,
  },
  // All features are tried inside a private PID namespace.
  'pid-namespace': { test: () => 'private', hint: whyRefused },
  'user-namespace': {
    test() {
      toolLine('unshare', '--user', '--map-root-user', 'true');
      return 'allowed';
    },
    hint: whyRefused,
  },
  'sub-ids': {
    test: ({ subordinateIds }) => (subordinateIds ? 'mapped' : missing('one id only')),
    hint: () =>
      `${packages('uidmap', 'shadow-utils', 'shadow')}; usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER`,
  },
};
