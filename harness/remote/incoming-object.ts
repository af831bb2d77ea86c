// One object that arrives in pieces: digested while it is written, and named when the digest is right.
import { dirname, join } from 'node:path';
import type { ImageObject } from '../model/image.ts';
import { ensureFolder } from '../store/folders.ts';
import { objectPath } from '../store/objects.ts';
import type { Digesters } from './digesters.ts';
import { pendingFile } from './pending-file.ts';
import { refusal } from './refused.ts';

export const objectName = ({ digest }: ImageObject): string => `object ${digest}`;

export interface IncomingObject {
  write(piece: Uint8Array): void;
  /** Throws if the digest is another one. */
  finish(): void;
  /** Removes the unfinished file; does nothing after the object is finished. */
  discard(): void;
}

/** `dir`: the object folder, which exists; its folders `00` to `ff` are made for their first object. */
export const incomingObject = (object: ImageObject, dir: string, digesters: Digesters): IncomingObject => {
  const file = pendingFile(dir);
  const verifying = digesters.begin();
  let isDigested = false;
  const digest = (): string => {
    isDigested = true;
    return verifying.digest();
  };
  return {
    write(piece) {
      verifying.update(piece);
      file.write(piece);
    },
    finish() {
      const found = digest();
      if (found !== object.digest)
        throw refusal(objectName(object), 'wrong-digest', `its bytes have the digest ${found}`);
      const path = join(dir, objectPath(object.digest));
      ensureFolder(dirname(path));
      file.commit(path);
    },
    discard() {
      if (!isDigested) digest();
      file.discard();
    },
  };
};
