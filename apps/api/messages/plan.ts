import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { gateRules } from '#shared/compliance/rules.ts';
import { takeWhereabouts } from '#shared/contacts/whereabouts.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { freeFrom } from '#shared/gate/free-from.ts';
import { type Candidate, judge } from '#shared/gate/judge.ts';
import { agentRulesInWords } from '#shared/messages/agent-rules.ts';
import { lessonRulesInWords } from '#shared/messages/lesson-rules.ts';
import { restoredRuleInWords } from '#shared/messages/restored.ts';
import { type OutgoingMessage, writeMessages } from '#shared/messages/write.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { senderRulesInWords } from '#shared/senders/rules.ts';
import type { ServiceName } from '#shared/topology.ts';
import { readOutgoing } from './store.ts';

export interface PlanParts {
  clock: Clock;
  /** The service in whose slot outbox the turn of the phone leaves. */
  producer: ServiceName;
  gate: GateConfig;
  /** By which whoever was erased is found. */
  pseudonyms: Pseudonyms;
}

/** What the gate said of a message when it was written. */
export type Planned =
  | { verdict: 'queued'; rule: string }
  | { verdict: 'held'; rule: string; until: Date | null }
  | { verdict: 'blocked'; rule: string };

const SAYS: ReadonlyMap<string, string> = new Map([
  ...gateRules.map(({ id, says }): [string, string] => [id, says]),
  ...Object.entries(senderRulesInWords),
  ...Object.entries(lessonRulesInWords),
  ...Object.entries(agentRulesInWords),
  ...Object.entries(restoredRuleInWords),
]);

/** A rule of the gate, or of the number that it would go from, in words; null for what is neither: a word of the carrier's. */
export const ruleInWords = (rule: string | null): string | null =>
  rule === null ? null : rule === 'allowed' ? 'It may go.' : (SAYS.get(rule) ?? null);

/** The text that a message answers. */
export interface Answered {
  replyId: string;
  receivedAt: Date;
}

/**
 * Writes one message and has the gate judge it, under the lock on its phone. What may go gets the phone a turn; what is held
 * comes back by itself when it is due; what is blocked never goes. The sender judges again in its claim. One that answers a
 * text goes before everything that was planned.
 */
export async function planMessage(
  tx: Transaction,
  phoneNumber: PhoneNumber,
  message: Omit<OutgoingMessage, 'causeId' | 'lane'>,
  { clock, gate, producer, pseudonyms }: PlanParts,
  answered: Answered | null = null,
): Promise<Planned> {
  const now = clock.now();
  const batchId = clock.newId();
  const causedAt = answered?.receivedAt ?? null;
  await takeWhereabouts(tx, phoneNumber);
  const turns = await writeMessages(
    tx,
    [
      {
        batchId,
        phoneNumber,
        causedAt,
        timeZone: null,
        isTimeZoneNew: false,
        byHand: true,
        messages: [
          { ...message, lane: answered === null ? 'bulk' : 'replies', causeId: answered?.replyId ?? batchId },
        ],
      },
    ],
    now,
  );
  const candidate: Candidate = {
    messageId: message.messageId,
    phoneNumber,
    channel: 'sms',
    freeFrom: freeFrom(message.senderNumber, message.template),
    intent: message.intent,
    batchId,
    campaignId: null,
    topic: message.topic ?? null,
    causedAt,
    notAfter: message.notAfter ?? null,
    decided: null,
  };
  const { allowed } = await judge(tx, [candidate], {
    now,
    config: gate,
    newId: () => clock.newId(),
    pseudonyms,
  });
  const [may] = allowed;
  if (may !== undefined) {
    await writeSlotOutbox(tx, producer, turns);
    return { verdict: 'queued', rule: may.rule };
  }
  const stopped = await readOutgoing(tx, message.messageId);
  if (stopped === null || stopped.rule === null) throw new Error('the gate has not said why');
  return stopped.state === 'held'
    ? { verdict: 'held', rule: stopped.rule, until: stopped.heldUntil }
    : { verdict: 'blocked', rule: stopped.rule };
}
