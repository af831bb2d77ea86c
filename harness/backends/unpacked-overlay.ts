// The common way today: every layer is unpacked to files, a read-only overlayfs stacks them, rm -rf removes them.
//
// Needs:   GNU tar and rm; overlayfs (with user.overlay.* attributes inside a user namespace).
import type { Backend } from '../model/backend.ts';
import { OVERLAY_ANYWHERE, RM, TAR } from './needs.ts';
import { layersLifecycle } from './unpacked-layers.ts';

export const backend: Backend = {
  id: 'unpacked-overlay',
  title: 'unpacked layers + overlayfs',
  how: 'GNU tar unpacks each layer to files on the work file system, overlayfs stacks them, rm -rf removes them.',
  idle: ['ingest', 'collect'],
  createsFiles: true,
  needs: [OVERLAY_ANYWHERE, TAR, RM],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) => layersLifecycle(image, machine),
};
