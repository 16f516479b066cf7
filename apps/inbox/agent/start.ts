import { fitForSms } from '#shared/agent/format.ts';
import { type Facts, type Responder, ResponderFault } from '#shared/agent/responder.ts';
import { normaliseLanguage } from '#shared/contracts/drill.ts';
import { startDueRows } from '#shared/due-rows.ts';
import { messageOf } from '#shared/errors.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { inTransaction, isTransientDatabaseError } from '#shared/postgres/pool.ts';
import { textFor } from '#shared/texts/texts.ts';
import { type Claimed, claimDue, giveBack, isAskedEnough, nextDue, noteAsked } from './claim.ts';
import { look } from './look.ts';
import { type Known, readSituation } from './read-situation.ts';
import { type Answered, type SettleParts, settle } from './settle.ts';

export interface AgentParts extends SettleParts {
  responder: Responder;
  organisation: Pick<Facts, 'organisation' | 'contact'>;
  timeoutMs: number;
  mostSegments: number;
  /** Texts that the responder is asked about within 24 hours, by all tasks and of all conversations. */
  mostPerDay: number;
  /** Texts that this task has answered at the same time. */
  atOnce: number;
  metrics: Metrics;
  logger: Logger;
  liveness?: Liveness;
  /** Hears of every commit that has changed a conversation. */
  changed(): void;
  onFailure(error: unknown): void;
}

export interface Agent {
  /** Looks at once for texts that were given to it. */
  wake(): void;
  /** Asks nobody any more; ends when what is in hand is settled or given back. */
  stop(): Promise<void>;
}

/** Longest pause between two looks: other tasks give texts to it too. */
const IDLE_MS = 5_000;
/** Beyond the time that an answer may take, so that nobody else takes what is about to be settled. */
const CLAIM_MARGIN_MS = 20_000;
/** A text that ends its task each time is for people. */
const MOST_CLAIMS = 3;
const WAIT_MS = 1_000;

/**
 * Has texts answered that were given to the agent: several at a time, each by one task of the service at a time, with its answer
 * settled in one transaction. What is in hand when a task ends is taken by another one; where the responder may not be asked
 * twice, by people.
 */
export function startAgent(parts: AgentParts): Agent {
  const { atOnce, clock, liveness, logger, onFailure, pool, timeoutMs } = parts;
  const stopping = new AbortController();
  const inHand = new Set<Promise<void>>();
  const loop = startDueRows({
    name: 'texts that the agent was given',
    batch: async () => {
      const limit = atOnce - inHand.size;
      if (limit <= 0) return { handled: 0, nextInMs: null };
      const now = clock.now();
      const claim = clock.newId();
      const claimed = await claimDue(pool, { claim, forMs: timeoutMs + CLAIM_MARGIN_MS, limit, now });
      for (const each of claimed) {
        const work = answerText(each, parts, stopping.signal)
          .catch((error: unknown) => {
            // Comes back when the claim is over.
            if (!isTransientDatabaseError(error)) return onFailure(error);
            logger.warn({ err: error, replyId: each.replyId }, `the agent has to wait: ${messageOf(error)}`);
          })
          .finally(() => {
            inHand.delete(work);
            loop.wake();
          });
        inHand.add(work);
      }
      const due = claimed.length > 0 ? null : await nextDue(pool);
      return {
        handled: claimed.length,
        nextInMs: due === null ? null : Math.max(WAIT_MS, due.getTime() - now.getTime()),
      };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    ...(liveness === undefined ? {} : { liveness }),
    onFailure,
  });
  return {
    wake: () => loop.wake(),
    stop: async () => {
      stopping.abort();
      await loop.stop();
      await Promise.all(inHand);
    },
  };
}

/** Has one text answered that this task has in hand. `stopping`: nobody is asked any more. */
export async function answerText(claimed: Claimed, parts: AgentParts, stopping: AbortSignal): Promise<void> {
  const { changed, clock, limits, logger, metrics, pool, pseudonyms } = parts;
  const now = clock.now();
  const known = await inTransaction(pool, (tx) => readSituation(tx, claimed, { now, pseudonyms }));
  const looked = known === null ? null : look(known, now, limits).kind;
  const answered =
    known === null || (looked !== 'ask' && looked !== 'ask_for_words')
      ? null
      : looked === 'ask'
        ? await ask(claimed, known, parts, stopping)
        : wordsOnly(known);
  if (answered === 'given back') return;
  const settled = await settle(claimed, answered, parts);
  if (settled === 'waits') return giveBack(pool, claimed, new Date(clock.now().getTime() + WAIT_MS));
  if (settled === 'lost') return;
  metrics.observe('AgentAnswers', 1, { Outcome: settled });
  if (answered !== null) metrics.observe('AgentMilliseconds', answered.answerMs, {});
  if (answered?.fault) {
    const { detail, reason } = answered.fault;
    metrics.observe('AgentFaults', 1, { Reason: reason });
    logger.warn(
      { replyId: claimed.replyId, reason, detail },
      'the agent has no answer: people have the text',
    );
  }
  changed();
}

/** What is said to a picture without words, whoever would be asked otherwise. */
function wordsOnly({ language, text, turns }: Known): Answered {
  const body = textFor('wordsOnly', (language && normaliseLanguage(language)) ?? 'en', null);
  const outcome = { kind: 'answer', text: body ?? '', topic: null } as const;
  return {
    source: 'rules',
    input: text.body,
    turns: turns.length,
    responded: { outcome, firstMs: null, usage: null, version: null },
    body,
    answerMs: 0,
    fault: null,
  };
}

/** Asks the responder. `given back`: it is for another task, because this one ends. */
async function ask(
  claimed: Claimed,
  known: Known,
  parts: AgentParts,
  stopping: AbortSignal,
): Promise<Answered | 'given back' | null> {
  const { clock, mostPerDay, mostSegments, organisation, pool, responder, timeoutMs } = parts;
  const said = {
    source: responder.source,
    input: known.text.body,
    turns: known.turns.length,
    responded: null,
    body: null,
    answerMs: 0,
  };
  if (claimed.claims > MOST_CLAIMS) {
    return { ...said, fault: { reason: 'failed', detail: 'every task that had it ended' } };
  }
  if (!responder.repeatable && claimed.wasAsked)
    return { ...said, fault: { reason: 'interrupted', detail: 'its task ended' } };
  if (await isAskedEnough(pool, mostPerDay, clock.now())) {
    const detail = `it was asked about ${mostPerDay} texts within 24 hours (AGENT_ANSWERS_PER_DAY)`;
    return { ...said, fault: { reason: 'too_many', detail } };
  }
  if (!responder.repeatable) {
    if (!(await noteAsked(pool, claimed))) return null;
  }
  const began = clock.monotonic();
  try {
    const responded = await responder.respond(
      {
        text: known.text.body,
        turns: known.turns,
        session: `${claimed.conversationId}.${known.session}`,
        language: known.language,
        facts: { ...organisation, campaign: known.campaign, ourNumber: known.ourNumber },
      },
      AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping]),
    );
    const body = responded.outcome.kind === 'answer' ? fitForSms(responded.outcome.text, mostSegments) : null;
    return { ...said, responded, body, answerMs: clock.monotonic() - began, fault: null };
  } catch (error) {
    const answerMs = clock.monotonic() - began;
    if (stopping.aborted) {
      if (!responder.repeatable) {
        return { ...said, answerMs, fault: { reason: 'interrupted', detail: 'its task ended' } };
      }
      await giveBack(pool, claimed, null);
      return 'given back';
    }
    const reason = error instanceof ResponderFault ? error.reason : 'failed';
    return { ...said, answerMs, fault: { reason, detail: messageOf(error).slice(0, 500) } };
  }
}
