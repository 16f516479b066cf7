import { decide } from '#shared/compliance/gate.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { LEAST_VALIDITY_MS } from '#shared/compliance/hours/openings.ts';
import type { Channel, Intent } from '#shared/compliance/touch.ts';
import { appendDecisions, type Decision } from '#shared/decisions/append.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { WhatsAppAddress } from '#shared/phone/sender-address.ts';
import { allOf, givenTogether } from '#shared/postgres/given-together.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type Answers, readAnswers } from './read-answers.ts';
import { type PersonFacts, readFacts } from './read-facts.ts';
import { type HoursOfCampaigns, type OwnHours, readOwnHours } from './read-own-hours.ts';
import { readWindows, type Windows } from './read-windows.ts';

/** A message or a call as the gate sees it. */
export interface Candidate {
  messageId: string;
  phoneNumber: string;
  channel: Channel;
  /** The number on WhatsApp that it goes from as free text; null: it is a text, a call or an approved template. */
  freeFrom: WhatsAppAddress | null;
  intent: Intent;
  /** All messages that one text, or one plan, brought about. */
  batchId: string;
  campaignId: string | null;
  /** The campaign whose lesson it begins: its hours and its end are this one's too. Left out: none. */
  lessonCampaignId?: string | null;
  topic: string | null;
  causedAt: Date | null;
  notAfter: Date | null;
  /** What was decided of it last; null: nothing. */
  decided: { verdict: string; rule: string } | null;
}

/** May go now, provided that its carrier gives up by then (business time). */
export interface Allowed<C extends Candidate> {
  candidate: C;
  validUntil: Date;
  rule: string;
  rulesVersion: string;
  /** Whether it counts for frequency caps. */
  counts: boolean;
}

export interface Judged<C extends Candidate> {
  allowed: readonly Allowed<C>[];
  /** Those whose rows were changed instead: they come back by themselves, or never. */
  held: readonly C[];
  blocked: readonly C[];
}

export interface JudgeOptions {
  /** Business time. */
  now: Date;
  config: GateConfig;
  pseudonyms: Pseudonyms;
  newId: () => string;
}

/**
 * Judges one message of each of these phones, whose rows are locked, by facts read under that lock, and appends the
 * decisions. What has to wait becomes `held` until the computed instant, what may never go `blocked`; what may go is
 * for the caller to claim in the same transaction. As many statements for one phone as for a hundred.
 */
export async function judge<C extends Candidate>(
  tx: Transaction,
  candidates: readonly C[],
  options: JudgeOptions,
): Promise<Judged<C>> {
  if (candidates.length === 0) return { allowed: [], held: [], blocked: [] };
  const rulings = await rule(tx, candidates, options);
  await appendDecisions(
    tx,
    rulings.filter(isNews).map((each) => recordOf(each, options.newId())),
    options.now,
  );
  await stop(tx, rulings);
  const of = (kind: Verdict['verdict']): C[] =>
    rulings.filter(({ decision }) => decision.verdict === kind).map(({ candidate }) => candidate);
  return { allowed: rulings.flatMap(allowedOf), held: of('hold'), blocked: of('block') };
}

/**
 * What the gate says of each of these, by facts read under the locks on their phones, which the caller has. Nothing is
 * written. One of a phone is judged as if the others of it were not there.
 */
export async function rule<C extends Candidate>(
  tx: Transaction,
  candidates: readonly C[],
  options: Omit<JudgeOptions, 'newId'>,
): Promise<Ruling<C>[]> {
  const phones = [...new Set(candidates.map(({ phoneNumber }) => phoneNumber))];
  const campaigns = candidates.map(campaignOf);
  const together = givenTogether(tx);
  const [facts, answers, hours, windows] = await allOf([
    together(() => readFacts(tx, phones, options.now, options.pseudonyms)),
    together(() => readAnswers(tx, candidates)),
    together(() => readOwnHours(tx, campaigns)),
    together(() => readWindows(tx, candidates, options.now)),
  ]);
  return candidates.map((candidate) => ({
    candidate,
    decision: decideOne(
      candidate,
      { person: facts.get(candidate.phoneNumber), answers, hours, windows },
      options,
    ),
  }));
}

/** Whose hours are its own; null: nobody's. */
const campaignOf = ({ campaignId, lessonCampaignId = null }: Candidate): string | null =>
  campaignId ?? lessonCampaignId;

type Verdict = ReturnType<typeof decide>;
export interface Ruling<C extends Candidate> {
  candidate: C;
  decision: Verdict;
}

function decideOne(
  candidate: Candidate,
  {
    answers,
    person,
    hours,
    windows,
  }: { person: PersonFacts | undefined; answers: Answers; hours: HoursOfCampaigns; windows: Windows },
  { now, config }: Pick<JudgeOptions, 'now' | 'config'>,
): Verdict {
  const { campaignId, channel, intent, topic, causedAt, messageId } = candidate;
  const campaign = campaignOf(candidate);
  const own = campaign === null ? null : (hours.get(campaign) ?? NEVER);
  const lessonEnds = campaignId === null ? (own?.endAt?.getTime() ?? null) : null;
  const touch = {
    channel,
    intent,
    topic,
    cause: causedAt?.getTime() ?? null,
    notAfter: candidate.notAfter?.getTime() ?? lessonEnds,
    artificialVoice: channel === 'voice',
    windows: own?.windows ?? null,
    needsWindow: candidate.freeFrom !== null,
  };
  const known = person ?? nothingKnown(candidate.phoneNumber);
  const facts = {
    ...known,
    sentForCause: answers.sent.get(messageId) ?? 0,
    overtaken: answers.overtaken.has(messageId),
    carrierConfirmed: false,
    windowClosesAt: windows.get(messageId) ?? null,
  };
  const verdict = decide(touch, facts, now.getTime(), config);
  if (lessonEnds === null || verdict.verdict !== 'block' || verdict.rule !== 'expires_first') return verdict;
  // A lesson ends as a whole, when its campaign does, and not text by text before.
  return { ...verdict, verdict: 'hold', until: Math.max(lessonEnds, now.getTime() + LEAST_VALIDITY_MS) };
}

/** Of a campaign that there is not. */
const NEVER: OwnHours = { windows: [], endAt: null };

/** Of a phone that has no row. */
const nothingKnown = (phoneNumber: string): PersonFacts => ({
  phoneNumber,
  zone: null,
  state: null,
  postalCode: null,
  suppressions: null,
  consent: null,
  marketingTouches: null,
  doNotCall: null,
  reassigned: null,
});

/** A send is kept each time, because each may be a request; anything else when it says something new. */
const isNews = ({ candidate, decision }: Ruling<Candidate>): boolean =>
  decision.verdict === 'send' ||
  candidate.decided?.verdict !== decision.verdict ||
  candidate.decided.rule !== decision.rule;

/** When something that waits may go at the earliest, or what may go at the latest. */
export const untilOf = (decision: Verdict): Date | null =>
  decision.verdict === 'send'
    ? new Date(decision.validUntil)
    : decision.verdict === 'hold'
      ? new Date(decision.until)
      : null;

/** The decision as it is kept. */
export const recordOf = ({ candidate, decision }: Ruling<Candidate>, decisionId: string): Decision => ({
  decisionId,
  messageId: candidate.messageId,
  phoneNumber: candidate.phoneNumber,
  campaignId: candidate.campaignId,
  channel: candidate.channel,
  verdict: decision.verdict,
  rule: decision.rule,
  rulesVersion: decision.rulesVersion,
  until: untilOf(decision),
  inputs: JSON.stringify(decision.inputs),
});

function allowedOf<C extends Candidate>({ candidate, decision }: Ruling<C>): Allowed<C>[] {
  if (decision.verdict !== 'send') return [];
  const { rule, rulesVersion, validUntil } = decision;
  const counts = candidate.intent === 'marketing';
  return [{ candidate, validUntil: new Date(validUntil), rule, rulesVersion, counts }];
}

/** What may not go now waits until it may, or ends. */
async function stop(tx: Transaction, rulings: readonly Ruling<Candidate>[]): Promise<void> {
  const stopped = rulings.filter(({ decision }) => decision.verdict !== 'send');
  if (stopped.length === 0) return;
  await tx.query(
    `UPDATE message
        SET state = CASE decided.verdict WHEN 'hold' THEN 'held' ELSE 'blocked' END,
            due_at = decided.until, rule = decided.rule, verdict = decided.verdict, decided_rule = decided.rule,
            rules_version = decided.rules_version,
            settled_at = CASE decided.verdict WHEN 'block' THEN clock_timestamp() END
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
            AS decided(message_id, verdict, rule, rules_version, until)
      WHERE message.message_id = decided.message_id AND message.state IN ('queued', 'held')`,
    [
      stopped.map(({ candidate }) => candidate.messageId),
      stopped.map(({ decision }) => decision.verdict),
      stopped.map(({ decision }) => decision.rule),
      stopped.map(({ decision }) => decision.rulesVersion),
      stopped.map(({ decision }) => untilOf(decision)),
    ],
  );
}
