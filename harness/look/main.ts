// The child that enters mounts and says what it found: a question of JSON on each line of its input, an answer on each of its output.
import { createInterface } from 'node:readline';
import { UserError } from '../model/errors.ts';
import { runOn } from '../sys/affinity.ts';
import type { Asked, LookAnswer, Question } from './questions.ts';
import { replayed } from './replay.ts';
import { seenOf } from './seen.ts';
import { sharingOf } from './sharing.ts';
import { tamper } from './tamper.ts';

const found = (question: Question): unknown => {
  switch (question.kind) {
    case 'sharing':
      return sharingOf(question.pairs, question.backing);
    case 'tamper':
      return tamper(question.files);
    case 'seen':
      return question.paths.map(seenOf);
    case 'replay':
      return replayed(question.root, question.steps);
  }
};

const answer = ({ question, cpus }: Asked): LookAnswer => {
  try {
    runOn(cpus);
    return { kind: 'found', found: found(question) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const facts = error instanceof UserError ? error.facts : [];
    const code = error instanceof UserError ? error.code : (error as NodeJS.ErrnoException).code;
    return { kind: 'failed', message: error.message, code: code ?? 'look', facts };
  }
};

for await (const line of createInterface(process.stdin))
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line) as Asked))}\n`);
