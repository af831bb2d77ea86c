import { join } from 'node:path';

/** The socket of a process that fetches missing objects into this object folder; it exists while that process runs. */
export const FETCH_SOCKET = '.fetch';
export const fetchSocketOf = (objectDir: string): string => join(objectDir, FETCH_SOCKET);
