/**
 * Images that differ in nothing but the number of files: every hundred have the same sizes and as many duplicates, so that bytes grow
 * as files do and what a further file costs is one number.
 */
export const scaledSource = (files: number): string => `synthetic:files=${files},layers=2,mix=100,seed=1`;
