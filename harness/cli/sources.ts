// The image sources as the command line knows them.

import { openSource } from '../images/registry.ts';
import type { SourceImage } from '../model/image.ts';

/** Decompressed layers go below `spoolDir`, or where the system keeps temporary files. */
export const openAnySource = (spec: string, spoolDir?: string): Promise<SourceImage> =>
  openSource(spec, spoolDir === undefined ? {} : { spoolDir });
