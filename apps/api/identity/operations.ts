import { z } from 'zod';
import { roles } from '#shared/api-keys/role.ts';
import type { Clock } from '#shared/clock.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { instant } from '../http/time.ts';

/** How people come in, and what this environment is. */
export interface Environment {
  /** Whether the load balancer signs people in. */
  peopleSignIn: boolean;
  /** Whether it all runs on one machine, with the simulated carrier. */
  isLocal: boolean;
}

const meSchema = z
  .object({
    kind: z.enum(['key', 'person', 'local']).meta({
      description: 'An API key, a person whom the load balancer signed in, or whoever sits at the machine',
    }),
    id: z
      .string()
      .meta({ description: 'Of a key its id, of a person their subject', example: 'k3v9x0c2m8qa' }),
    name: z.string().meta({ example: 'Nightly export' }),
    role: z.enum(roles),
  })
  .meta({ id: 'Me' });

const environmentSchema = z
  .object({
    peopleSignIn: z.boolean().meta({ description: 'Whether people sign in at `/v1/sign-in`' }),
    now: instant.meta({ description: 'Business time, which a local stack may have skipped ahead' }),
    isLocal: z.boolean().meta({ description: 'Whether it runs on one machine, with the simulated carrier' }),
  })
  .meta({ id: 'Environment' });

/** Who asks, and how one signs in. */
export const identityOperations = ({
  clock,
  environment,
}: {
  clock: Pick<Clock, 'now'>;
  environment: Environment;
}): readonly Operation[] => [
  read({
    id: 'getMe',
    path: '/v1/me',
    tag: 'Signing in',
    summary: 'Who you are here, and what you may',
    access: 'viewer',
    replies: { 200: { description: 'Whoever asks', body: meSchema } },
    handle: async ({ identity }) => {
      if (identity === null) throw new Error('nobody is signed in');
      const { id, kind, name, role } = identity;
      return reply(200, { id, kind, name, role });
    },
  }),
  read({
    id: 'getEnvironment',
    path: '/v1/environment',
    tag: 'Signing in',
    summary: 'How one signs in here',
    access: 'everybody',
    replies: {
      200: {
        description: 'How people come in, and whether all of it is one machine',
        body: environmentSchema,
      },
    },
    handle: async () =>
      reply(200, {
        peopleSignIn: environment.peopleSignIn,
        isLocal: environment.isLocal,
        now: clock.now().toISOString(),
      }),
  }),
];
