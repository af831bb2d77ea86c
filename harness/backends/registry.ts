// Every way of mounting an image. The first three are the headline; the order is that of the tables.
import type { Backend } from '../model/backend.ts';
import { backend as composefsFuse } from './composefs-fuse.ts';
import { backend as composefsFuseNoxattr } from './composefs-fuse-noxattr.ts';
import { backend as composefsFuseOverlay } from './composefs-fuse-overlay.ts';
import { backend as composefsFusePassthrough } from './composefs-fuse-passthrough.ts';
import { backend as composefsFuseShared } from './composefs-fuse-shared.ts';
import { backend as erofsOverlay } from './erofs-overlay.ts';
import { backend as unpackedOverlay } from './unpacked-overlay.ts';

export const backends: readonly Backend[] = [
  composefsFuse,
  erofsOverlay,
  unpackedOverlay,
  composefsFuseNoxattr,
  composefsFusePassthrough,
  composefsFuseOverlay,
  composefsFuseShared,
];
