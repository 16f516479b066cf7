import type { Intent } from '#shared/compliance/touch.ts';
import { type Candidate, rule } from '#shared/gate/judge.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Answered, PlanParts } from '../messages/plan.ts';

/**
 * As what somebody's answer to a text goes. While it may go as an answer it does. One that would have to wait for hours goes
 * as a planned message where the person's consent allows it: it would otherwise keep answers of the dialog waiting behind
 * it, or make way for them and never go (docs/decisions/0008). The phone's row is locked.
 */
export async function intentOfAnswer(
  tx: Transaction,
  phoneNumber: string,
  { receivedAt }: Answered,
  { clock, gate, pseudonyms }: PlanParts,
): Promise<Extract<Intent, 'reply' | 'transactional'>> {
  const as = (intent: Intent): Candidate => ({
    messageId: clock.newId(),
    phoneNumber,
    channel: 'sms',
    intent,
    batchId: clock.newId(),
    campaignId: null,
    topic: null,
    causedAt: intent === 'reply' ? receivedAt : null,
    notAfter: null,
    decided: null,
  });
  const rulings = await rule(tx, [as('reply'), as('transactional')], {
    now: clock.now(),
    config: gate,
    pseudonyms,
  });
  const [asAnswer, asPlanned] = rulings.map(({ decision }) => decision.verdict);
  return asAnswer === 'hold' && asPlanned !== 'block' ? 'transactional' : 'reply';
}
