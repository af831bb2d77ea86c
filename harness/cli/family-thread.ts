// Entry of the threads that prepare a family: gives each the registry of image sources.
import { parentPort, workerData } from 'node:worker_threads';
import { openParts } from '../images/registry.ts';
import { type FamilyTask, runFamilyThread } from '../runner/family-thread.ts';

const task: FamilyTask = workerData;
const { source, baseName, spoolDir } = task;
runFamilyThread(task, openParts(source, baseName, { spoolDir }), parentPort!);
