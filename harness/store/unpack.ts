// The command that unpacks a layer tar into a folder.

/** GNU tar with attributes, owners by number and permissions as they are. */
export const unpackCommand = (tarPath: string, into: string): readonly string[] => [
  'tar',
  '--xattrs',
  '--xattrs-include=*',
  '--numeric-owner',
  '-p',
  '-xf',
  tarPath,
  '-C',
  into,
];
