// Opens an image source as named on the command line.
import { openSource } from '../images/registry.ts';
import type { SourceImage } from '../model/image.ts';
import { asRefusal } from './refusal.ts';

/** Decompressed layers go below `spoolDir`; without one, into the system's folder for temporary files. */
export const openAnySource = async (spec: string, spoolDir?: string): Promise<SourceImage> => {
  try {
    return await openSource(spec, spoolDir === undefined ? {} : { spoolDir });
  } catch (error) {
    throw asRefusal(error);
  }
};
