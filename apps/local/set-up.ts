import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ServiceRow } from '#shared/topology.ts';
import type { InBundle } from './bundle/bundled.ts';
import { clockSchema } from './clock/clock-schema.ts';
import { startTask, type Task } from './task.ts';

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
  /** What a fresh stack begins with; null: the sample programme. */
  contentDirectory: z.string().nullable(),
  /** The API key that has to be there, and the pepper under which it is hashed. */
  adminKey: z.object({ text: z.string(), pepper: z.string() }),
});
export type SetUpOrder = z.infer<typeof setUpOrderSchema>;

/** What the set-up prints when it is done. */
export const setUpResultSchema = z.object({
  /** Name of the last migration that was applied; null when there was none to apply. */
  migratedTo: z.string().nullable(),
  /** The database role of each service. */
  roles: z.record(z.string(), z.string()),
  /** Whether that key can be used; somebody may have revoked it. */
  isAdminKeyValid: z.boolean(),
  /** Business time as it was left. */
  clock: clockSchema,
  /** What a newcomer does next, in lines. */
  nextSteps: z.array(z.string()),
});
export type SetUpResult = z.infer<typeof setUpResultSchema>;

/**
 * Makes in running stores what the topology asks of them, in a process that ends afterwards. `done` rejects with
 * `invalid_configuration` and the last words of the process when that does not end well.
 */
export const startSetUp = (order: SetUpOrder, inBundle: InBundle): Task<SetUpResult> =>
  startTask(
    {
      name: 'set-up',
      module: inBundle(MAIN).module,
      variable: 'SET_UP_ORDER',
      failure: 'The stores cannot be set up',
    },
    order,
    setUpResultSchema,
    'invalid_configuration',
  );
