import { readFileSync } from 'node:fs';

/** Trimmed text of a file; null if the file is missing or unreadable. */
export const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};
