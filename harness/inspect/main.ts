// The inspector's program: reads one JSON request per line of standard input, prints one JSON reply per line.
import { createInterface } from 'node:readline';
import { UserError } from '../model/errors.ts';
import { runOn } from '../sys/affinity.ts';
import { firstByteOnDisk } from '../sys/disk-block.ts';
import { pathState } from './path-state.ts';
import { timeReplay } from './replay.ts';
import type { InspectMessage, InspectReply, InspectRequest } from './requests.ts';
import { sharedPages } from './sharing.ts';
import { flipByte, tamper } from './tamper.ts';

const perform = (request: InspectRequest): unknown => {
  switch (request.kind) {
    case 'sharing':
      return sharedPages(request.pairs, request.backing);
    case 'tamper':
      return tamper(request.files);
    case 'path-states':
      return request.paths.map(pathState);
    case 'change-below':
      flipByte(request.disk, firstByteOnDisk(request.file));
      return null;
    case 'change-bytes':
      for (const offset of request.offsets) flipByte(request.path, offset);
      return null;
    case 'replay':
      return timeReplay(request.root, request.steps);
  }
};

const replyTo = ({ request, cpus }: InspectMessage): InspectReply => {
  try {
    runOn(cpus);
    return { kind: 'found', found: perform(request) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const facts = error instanceof UserError ? error.facts : [];
    const code = error instanceof UserError ? error.code : (error as NodeJS.ErrnoException).code;
    return { kind: 'failed', message: error.message, code: code ?? 'inspect', facts };
  }
};

for await (const line of createInterface(process.stdin))
  process.stdout.write(`${JSON.stringify(replyTo(JSON.parse(line) as InspectMessage))}\n`);
