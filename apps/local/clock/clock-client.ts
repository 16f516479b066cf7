import { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import type { ClockView } from './local-clock.ts';
import type { SkipRequest } from './skip-words.ts';

const viewSchema: z.ZodType<ClockView> = z.object({
  now: z.iso.datetime(),
  offsetMs: z.int(),
  version: z.int(),
});
const problemSchema = z.object({ problem: z.string() });

/**
 * Has the running system at `publicUrl` skip time. Resolves with the time that it is then, once everything in it has
 * that time. Rejects with `unavailable`, or with `invalid_record` and what is wrong with the request.
 */
export const skipTime = (publicUrl: string, request: SkipRequest): Promise<ClockView> =>
  ask(`${publicUrl}/clock/skip`, { method: 'POST', body: JSON.stringify(request) });

/** What time it is there. */
export const timeOf = (publicUrl: string): Promise<ClockView> => ask(`${publicUrl}/clock`);

async function ask(address: string, init: RequestInit = {}): Promise<ClockView> {
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch (error) {
    throw new CarillonError(
      'unavailable',
      `Carillon cannot be reached at ${new URL(address).origin}. Is it running? Start it with: npm start`,
      { cause: error },
    );
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return viewSchema.parse(body);
  const { data } = problemSchema.safeParse(body);
  throw new CarillonError(
    response.status === 400 ? 'invalid_record' : 'unavailable',
    `Time stays as it is: ${data?.problem ?? `the answer was ${response.status}`}`,
  );
}
