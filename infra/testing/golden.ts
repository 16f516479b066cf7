import { readFile } from 'node:fs/promises';
import type { Evaluation } from './resource-record.ts';

/** The URNs of a stack as they were last agreed on; one file per stack. */
export const goldenFile = (stack: string): URL => new URL(`golden/${stack}.urns.txt`, import.meta.url);

/** One line per resource: its types and names, without stack and project. In order, so that a difference is one line. */
export const urnLines = ({ resources }: Evaluation): string[] =>
  resources.map(({ urn }) => urn.split('::').slice(2).join('::')).sort();

export const goldenLines = async (stack: string): Promise<string[]> =>
  (await readFile(goldenFile(stack), 'utf8')).split('\n').filter((line) => line !== '');
