import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import type { ServiceRow } from '#shared/topology.ts';
import { type Child, startChild } from './child.ts';
import { lastWords } from './last-words.ts';

const MAIN = fileURLToPath(new URL('./set-up-main.ts', import.meta.url));

/** Written by the supervisor, from the topology that this very code has. */
const tablesSchema = z.custom<Pick<ServiceRow, 'tables'>>(
  (row) => typeof row === 'object' && row !== null && 'tables' in row,
);

/** What the set-up (set-up-main.ts) is told: where the stores are, and whose roles to make. */
export const setUpOrderSchema = z.object({
  postgres: z.object({ port: z.int(), password: z.string() }),
  database: z.string(),
  rolePasswords: z.record(z.string(), z.string()),
  services: z.record(z.string(), tablesSchema),
  kinesisEndpoint: z.string(),
  sqsEndpoint: z.string(),
  originationNumber: z.string(),
});
export type SetUpOrder = z.infer<typeof setUpOrderSchema>;

/** What the set-up prints when it is done. */
export const setUpResultSchema = z.object({
  /** Name of the last migration that was applied; null when there was none to apply. */
  migratedTo: z.string().nullable(),
  /** The database role of each service. */
  roles: z.record(z.string(), z.string()),
  /** What a newcomer does next, in lines. */
  nextSteps: z.array(z.string()),
});
export type SetUpResult = z.infer<typeof setUpResultSchema>;

/**
 * Makes in running stores what the topology asks of them, in a process that ends afterwards: what it loads for that
 * (three clients and a migration tool, 90 MiB) would stay in the supervisor for as long as the stack runs.
 * `done` rejects with `invalid_configuration` and the last words of the process when that does not end well.
 */
export function startSetUp(order: SetUpOrder): { child: Child; done: Promise<SetUpResult> } {
  const lines: string[] = [];
  const plan = {
    name: 'set-up',
    module: MAIN,
    environment: { SET_UP_ORDER: JSON.stringify(order) },
    probe: async () => null,
  };
  const child = startChild(plan, (line) => lines.push(line));
  const done = child.ended.then(({ code }) => {
    if (code !== 0) {
      const cause = lastWords(lines) ?? 'it says nothing';
      throw new CarillonError('invalid_configuration', `The stores cannot be set up: ${cause}`);
    }
    return setUpResultSchema.parse(JSON.parse(lines.at(-1) ?? ''));
  });
  return { child, done };
}
