// The thresholds of the gate: a file that was named, else cfsbench.gate.json in the working directory, if it exists.
import { existsSync } from 'node:fs';
import { readRegular } from '../../results/files.ts';
import { CONFIG_FILE, type GateConfig, NO_CONFIG, parseConfig } from '../../results/gate/config.ts';

const MOST_CONFIG_BYTES = 1024 * 1024;

/** `hint`: what helps if it cannot be read. */
export const readGateConfig = (named?: string, hint = '--config FILE'): GateConfig => {
  const path = named ?? CONFIG_FILE;
  if (named === undefined && !existsSync(path)) return NO_CONFIG;
  const bytes = readRegular(path, { mostBytes: MOST_CONFIG_BYTES, mayBeLink: true, hint });
  return parseConfig(bytes.toString(), path);
};
