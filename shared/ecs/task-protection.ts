import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { optionalText, type Settings } from '#shared/config.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';

/** Settings of a service that asks ECS not to scale it in while it holds something. */
export const taskProtectionSettings = {
  ECS_AGENT_URI: optionalText({
    help: 'Address of the ECS agent, which sets it in every task; empty: the task is not protected from scale-in.',
  }),
} satisfies Settings;

export interface TaskProtectionOptions {
  /** ECS_AGENT_URI. */
  agentUri: string;
  /** Whether something is held that a stop would interrupt. Asked often: must be cheap. */
  holds(): boolean;
  clock: Clock;
  logger: Logger;
}

export interface TaskProtection {
  /** Asks no more. The task is being stopped: what is left of its protection changes nothing. */
  stop(): Promise<void>;
}

/** How often it is looked whether something is held. */
const LOOK_MS = 1_000;
/** Nothing may have been held for so long before protection is given up: work comes in bursts. */
const IDLE_MS = 15_000;
/** Protection that is asked for, in minutes, and how long before its end it is asked for again. */
const MINUTES = 5;
const RENEW_AFTER_MS = 4 * 60_000;
/**
 * A task that always holds something would never let a deployment end, which waits for protected tasks: after so long
 * it goes without for a while. Nothing is lost by being stopped then; what it holds goes back to the queue.
 */
const LONGEST_MS = 15 * 60_000;
const UNPROTECTED_MS = 60_000;
/** After a request that failed. */
const RETRY_MS = 30_000;
const REQUEST_MS = 5_000;

const answerSchema = z.union([
  z.object({ protection: z.object({ ProtectionEnabled: z.boolean() }) }),
  z.object({ failure: z.object({ Reason: z.string(), Detail: z.string().nullish() }) }),
  z.object({ error: z.object({ Code: z.string(), Message: z.string().nullish() }) }),
]);

/** Sets protection, for so many minutes or not at all. Rejects unless the agent says that it is so now. */
async function setProtection(agentUri: string, enabled: boolean): Promise<void> {
  const response = await fetch(`${agentUri}/task-protection/v1/state`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ProtectionEnabled: enabled,
      ...(enabled ? { ExpiresInMinutes: MINUTES } : {}),
    }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const text = await response.text();
  const answer = answerSchema.safeParse(jsonOf(text)).data;
  if (!answer) throw new Error(`the agent answered ${response.status}: ${text.slice(0, 200)}`);
  if ('failure' in answer) throw new Error([answer.failure.Reason, answer.failure.Detail].join(' ').trim());
  if ('error' in answer) throw new Error(`${answer.error.Code}: ${answer.error.Message ?? ''}`);
  if (answer.protection.ProtectionEnabled !== enabled) throw new Error('the agent did not do it');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Judged by the schema, which knows no such answer.
    return null;
  }
}

/**
 * Keeps this task from being stopped by scale-in and deployments while it holds something: one request when it begins
 * to, one before protection runs out, one when it has held nothing for a while. That the agent cannot be asked is
 * logged once per outage and never stops the work: a stopped task drains.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 *
 * States: bare --holds--> protected --nothing held for 15 s--> bare
 *                         protected --for 15 min--> resting --after 1 min--> bare
 */
export function startTaskProtection(options: TaskProtectionOptions): TaskProtection {
  const { clock, logger } = options;
  const stopping = new AbortController();
  let protectedSince: number | null = null;
  let renewAt = 0;
  let heldAt = Number.NEGATIVE_INFINITY;
  let restUntil = Number.NEGATIVE_INFINITY;
  let failing = false;

  /** What to ask for now; null: nothing. */
  function wish(now: number): boolean | null {
    if (options.holds()) heldAt = now;
    const idle = now - heldAt >= IDLE_MS;
    if (protectedSince === null) return heldAt === now && now >= restUntil ? true : null;
    if (idle) return false;
    if (now - protectedSince >= LONGEST_MS) return false;
    return now >= renewAt ? true : null;
  }

  async function ask(enabled: boolean, now: number): Promise<number> {
    try {
      await setProtection(options.agentUri, enabled);
    } catch (error) {
      if (!failing) {
        const what = enabled ? 'not protected from scale-in' : 'still protected from scale-in';
        logger.warn({ err: error }, `the task is ${what}: ${messageOf(error)}`);
      }
      failing = true;
      return RETRY_MS;
    }
    failing = false;
    if (enabled) {
      protectedSince ??= now;
      renewAt = now + RENEW_AFTER_MS;
    } else {
      if (protectedSince !== null && now - protectedSince >= LONGEST_MS) restUntil = now + UNPROTECTED_MS;
      protectedSince = null;
    }
    return LOOK_MS;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const now = clock.monotonic();
      const enabled = wish(now);
      const pauseMs = enabled === null ? LOOK_MS : await ask(enabled, now);
      // Ends early only when it is to stop, which the loop looks at itself.
      await clock.sleep(pauseMs, stopping.signal).catch(() => undefined);
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
