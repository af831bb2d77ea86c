// Refuses a version of Node.js that is too old. `main.ts` imports this first, since other modules may not load there.
const LEAST = [20, 19] as const;

/** `version`: such as `18.20.4`. Null: new enough. */
export const tooOld = (version: string): string | null => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return null;
  return [
    `cfsbench: needs Node.js ${LEAST.join('.')} or later`,
    `  this is ${version}: ${process.execPath}`,
    '  try: npx -y -p node@20 cfsbench --help',
    '',
  ].join('\n');
};

const message = tooOld(process.versions.node);
if (message !== null) {
  process.stderr.write(message);
  process.exit(1);
}
