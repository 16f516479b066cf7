import type { Intent } from '#shared/compliance/touch.ts';
import { freeFrom } from '#shared/gate/free-from.ts';
import { type Candidate, type Ruling, rule } from '#shared/gate/judge.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { Answered, PlanParts } from '../messages/plan.ts';

/** The text that is to be answered, and the number that it came to. */
export type Asked = Pick<Answered, 'receivedAt'> & { ourNumber: string };

export interface RuledAnswer {
  intent: Extract<Intent, 'reply' | 'transactional'>;
  /** What the gate says of it. */
  decision: Ruling<Candidate>['decision'];
}

/**
 * As what somebody's answer to a text goes, and what the gate says of that. While it may go as an answer it does. One that
 * would have to wait for hours goes as a planned message where the person's consent allows it: it would otherwise keep
 * answers of the dialog waiting behind it, or make way for them and never go (docs/decisions/0008). Whoever goes by it has the
 * phone's row locked; nothing is written.
 */
export async function ruleAnswer(
  tx: Transaction,
  phoneNumber: string,
  { ourNumber, receivedAt }: Asked,
  { clock, gate, pseudonyms }: Pick<PlanParts, 'clock' | 'gate' | 'pseudonyms'>,
): Promise<RuledAnswer> {
  const as = (intent: Intent): Candidate => ({
    messageId: clock.newId(),
    phoneNumber,
    channel: 'sms',
    freeFrom: freeFrom(ourNumber, null),
    intent,
    batchId: clock.newId(),
    campaignId: null,
    topic: null,
    causedAt: intent === 'reply' ? receivedAt : null,
    notAfter: null,
    decided: null,
  });
  const [asAnswer, asPlanned] = await rule(tx, [as('reply'), as('transactional')], {
    now: clock.now(),
    config: gate,
    pseudonyms,
  });
  if (asAnswer === undefined || asPlanned === undefined) throw new Error('the gate has not said why');
  return asAnswer.decision.verdict === 'hold' && asPlanned.decision.verdict !== 'block'
    ? { intent: 'transactional', decision: asPlanned.decision }
    : { intent: 'reply', decision: asAnswer.decision };
}

/**
 * The same for whoever only wants to know. Of a number that nothing was written to yet there is no row, without which
 * nothing may go: it is made, as an answer would make it, and taken back.
 */
export const foreseeAnswer = (
  db: Pool,
  phoneNumber: string,
  answered: Asked,
  parts: Pick<PlanParts, 'clock' | 'gate' | 'pseudonyms'>,
): Promise<RuledAnswer> =>
  inTransaction(db, async (tx) => {
    await tx.query('SAVEPOINT before');
    await lockPhones(tx, [phoneNumber]);
    const ruled = await ruleAnswer(tx, phoneNumber, answered, parts);
    await tx.query('ROLLBACK TO before');
    return ruled;
  });
