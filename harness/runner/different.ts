// Refuses a comparison of an image with itself.
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';

type Named = Pick<Image, 'name' | 'source' | 'manifestDigest'>;

export const refuseSame = (images: readonly Named[]): void => {
  const seen = new Map<string, Named>();
  for (const image of images) {
    const known = seen.get(image.manifestDigest);
    if (known !== undefined)
      throw new UserError(`${known.source} and ${image.source} are the same image; a comparison needs two`, {
        code: 'same-image',
        exit: 5,
        facts: [`both: manifest digest ${image.manifestDigest}`],
        hint: 'cfsbench image inspect SOURCE prints the digest of each',
      });
    seen.set(image.manifestDigest, image);
  }
};
