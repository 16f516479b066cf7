import type { Member } from '#shared/campaigns/audience-member.ts';
import type { CallingParts } from '#shared/campaigns/calling.ts';
import { channelOf } from '#shared/campaigns/channel-of.ts';
import { type Choice, EVERYBODY } from '#shared/campaigns/choice.ts';
import { composerOf, LESSON, linksOf, pricedOf, variantOf, wordsOf } from '#shared/campaigns/content.ts';
import { addMoves, type ContactState, type Move } from '#shared/campaigns/counts.ts';
import type { CampaignType } from '#shared/campaigns/definition.ts';
import { LOOKED_UP } from '#shared/campaigns/look-up.ts';
import { type Priced, type Prices, pricesOfCampaign } from '#shared/campaigns/prices.ts';
import { unsendable } from '#shared/campaigns/sendable.ts';
import { type Purse, purseOf } from '#shared/campaigns/spend.ts';
import { endedAs, notAgain } from '#shared/campaigns/standing.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { type Before, takeDue } from '#shared/campaigns/take-due.ts';
import {
  keepTakenOver,
  type Touched,
  takeOver,
  toldApart,
  touchedOf,
} from '#shared/campaigns/take-over-sent.ts';
import { ENDLESS, type TurnsLeft, turnsOf } from '#shared/campaigns/turns.ts';
import { type Stepped, writeSteps } from '#shared/campaigns/write-steps.ts';
import type { Clock } from '#shared/clock.ts';
import type { Decision as Verdict } from '#shared/compliance/gate.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import type { StartDrill } from '#shared/contracts/dialog-commands.ts';
import { appendDecisions, type Decision } from '#shared/decisions/append.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { CarillonError } from '#shared/errors.ts';
import { type Candidate, type Ruling, recordOf, rule } from '#shared/gate/judge.ts';
import { campaignDrillCommandId, campaignMessageId, drillInstanceIdOf } from '#shared/identity.ts';
import type { LinkMaker } from '#shared/links/token.ts';
import { type ShortLink, writeShortLinks } from '#shared/links/write.ts';
import { type MessagesOfBatch, writeMessages } from '#shared/messages/write.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import { allOf, givenTogether } from '#shared/postgres/given-together.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { firstOf, type SendsFrom } from '#shared/senders/campaign-senders.ts';
import { keepSenders, type Routes, readRoutes } from '#shared/senders/routes.ts';
import type { ServiceName } from '#shared/topology.ts';

export interface DispatchParts extends SendsFrom {
  clock: Clock;
  gate: GateConfig;
  pseudonyms: Pseudonyms;
  /** In whose slot outbox turns and commands leave. */
  producer: ServiceName;
  /** What makes links in texts short; null: they stay as they are. */
  links: LinkMaker | null;
  /** What messages cost, for budgets. */
  prices: Prices;
  /** What calls are made of, and how fast they begin. */
  calls: CallingParts;
  /** Types of campaigns that it may plan; left out: those that something here sends. */
  sent?: readonly CampaignType[] | undefined;
}

/** What became of contacts that were due. */
export interface Dispatched {
  /** Looked at; fewer than asked for: no more are due now. */
  due: number;
  queued: number;
  /** Who had been written to before a restore of the database, and is not again. */
  restored: number;
  /** Who something was planned for, by channel. */
  planned: Readonly<Record<Channel, number>>;
  /** Who was never written to and gets nothing, by the channel by which they were to be reached. */
  passed: Readonly<Record<Channel, number>>;
  held: number;
  blocked: number;
  skipped: number;
  /**
   * Who may be written to now and was not: pace, budget or experiment have no room for them yet; of a campaign that is spread over a
   * time also who gets nothing and has had no turn yet. They stay due.
   */
  left: number;
  /** The next message would have cost more than the budget allows. */
  overBudget: boolean;
}

/** Where a contact is after it was looked at. */
interface Outcome {
  member: Pick<Member, 'attempts' | 'contactId' | 'step' | 'variant' | 'plans' | 'state' | 'rule'>;
  /** What it got, or would have. */
  variant: number;
  state: ContactState;
  rule: string | null;
  /** Held: not before. Queued: of a lesson, since when it waits for its answer. */
  dueAt: Date | null;
  messageId: string | null;
  /** The step of a ladder that they came to; left out: they stay on theirs. */
  stepped?: Stepped | null;
}

/**
 * Plans for the next contacts of a campaign that are due, at most `most` messages of each channel for `looked` contacts of it, in one transaction with as many statements for one as for a
 * thousand: their phones are locked, the gate judges them by facts read under that lock, texts are written and their
 * phones get a turn. Who may not be written to now is held until the computed instant, who never may is blocked, and who
 * lacks what the text needs is skipped. Whoever had been written to before a restore of the database is not judged: what went
 * is taken over. The campaign's row is locked, so nothing is planned of one that is being paused.
 * The sender asks the gate again when it sends.
 */
export async function dispatchDue(
  tx: Transaction,
  campaign: Campaign,
  {
    choice = EVERYBODY,
    first = null,
    looked,
    most,
    mostOfAll = null,
    parts,
    now = parts.clock.now(),
    turns: turnsLeft = ENDLESS,
  }: {
    most: Readonly<Record<Channel, number>>;
    /** Most messages and calls together; null: as many as there is room for. */
    mostOfAll?: number | null;
    looked: Readonly<Record<Channel, number>>;
    parts: DispatchParts;
    /** Business time at which it is planned; left out: as the clock has it. */
    now?: Date;
    choice?: Choice;
    /** Most who were not written to yet, by whichever channel; null: as many as there is room for. */
    first?: number | null;
    /** Of a campaign that is spread over a time: how many may have their turn, whatever they get. */
    turns?: TurnsLeft;
  },
): Promise<Dispatched> {
  const missing = unsendable(campaign.type, parts.sent);
  if (missing !== null) throw new CarillonError('invalid_record', missing);
  const { before, gone, hasRestored, members } = await takeDue(tx, campaign, looked, choice, now);
  const { touched, written } = hasRestored
    ? await toldApart(tx, campaign, members)
    : { touched: members.map((member) => touchedOf(campaign, member)), written: [] };
  const rulings = await judge(tx, campaign, { members, touched }, parts, now);
  const phones = members.map(({ phoneNumber }) => phoneNumber);
  const { definition } = campaign;
  const together = givenTogether(tx);
  const { carriers, ownNumber } = parts;
  const [routes, purse] = await allOf([
    together(() => readRoutes(tx, definition, phones, { carriers, ownNumber, now })),
    together(() =>
      purseOf(
        tx,
        { ...campaign, budget: definition.budget },
        pricesOfCampaign(parts.prices, definition),
        firstOf(carriers),
      ),
    ),
  ]);
  const takenOver = takeOver(campaign, written, { choice, routes, purse }, parts);
  const verdicts = rulings.map(({ decision }) => decision);
  const given = { most, mostOfAll, first, choice, before, routes, purse, turns: turnsLeft };
  const planned = plan(campaign, touched, verdicts, given, parts);
  const decisions = decisionsOf(rulings, touched, planned, parts.clock);
  const ended = gone.map((each): Outcome => ({ ...each, variant: each.member.variant, messageId: null }));
  const news = [...planned.outcomes, ...ended];
  const outcomes = [...takenOver.outcomes, ...news];
  if (written.length > 0) await keepTakenOver(tx, campaign.campaignId, takenOver, parts.prices);
  // Executed in this order; each is made ready while one before it is executed.
  const [turns] = await allOf([
    together(() => writeMessages(tx, planned.messages, now)),
    together(() => appendDecisions(tx, decisions, now)),
    together(() => writeOutcomes(tx, campaign.campaignId, outcomes)),
    together(() => keepSenders(tx, definition.senderPool, routes.chosen)),
    together(() => writeShortLinks(tx, [...takenOver.links, ...planned.links], now)),
  ]);
  await allOf([
    together(() => writeSlotOutbox(tx, parts.producer, [...turns, ...planned.commands])),
    together(() => addMoves(tx, campaign.campaignId, outcomes.flatMap(movesOf))),
  ]);
  const stepped = news.flatMap((each) => each.stepped ?? []);
  await writeSteps(tx, campaign.campaignId, stepped, now);
  const count = (...states: ContactState[]): number =>
    news.filter(({ state }) => states.includes(state)).length;
  const due = members.length + gone.length;
  return {
    due,
    queued: count('queued'),
    restored: takenOver.outcomes.length,
    planned: planned.count,
    // Who was deleted is taken out at once, as where that is done: nobody waits for them.
    passed: passedOf(campaign, planned.outcomes),
    held: count('held'),
    blocked: count('blocked'),
    skipped: count('skipped', 'cancelled'),
    left: due - outcomes.length,
    overBudget: purse.isEmpty,
  };
}

function passedOf(campaign: Campaign, outcomes: readonly Outcome[]): Record<Channel, number> {
  const passed = { sms: 0, voice: 0 };
  for (const { member, state } of outcomes) {
    const isPassed = state === 'blocked' || state === 'skipped';
    if (isPassed && member.attempts === 0) passed[channelOf(campaign, member)] += 1;
  }
  return passed;
}

/** What the gate says of each who is `touched`, under the lock on the phones of all `members`. */
async function judge(
  tx: Transaction,
  { campaignId, definition, endAt, intent }: Campaign,
  { members, touched }: { members: readonly Member[]; touched: readonly Touched[] },
  { gate, pseudonyms }: DispatchParts,
  now: Date,
): Promise<Judged[]> {
  if (members.length === 0) return [];
  const candidates = touched.map(
    ({ channel, member: { contactId, phoneNumber, plans, rule: was, state } }) => {
      const messageId = campaignMessageId(campaignId, contactId, plans);
      return {
        messageId,
        phoneNumber,
        channel,
        // On WhatsApp campaigns send approved templates and nothing else.
        freeFrom: null,
        intent,
        batchId: messageId,
        campaignId,
        topic: definition.topic,
        causedAt: null,
        notAfter: endAt,
        decided: state === 'held' && was !== null ? { verdict: 'hold', rule: was } : null,
      };
    },
  );
  // Facts are read by a statement that begins once the locks are had.
  const together = givenTogether(tx);
  const [, rulings] = await allOf([
    together(() => lockWithWhereabouts(tx, members)),
    together(() => rule(tx, candidates, { now, config: gate, pseudonyms })),
  ]);
  return rulings;
}

type Judged = Ruling<Candidate>;

/**
 * What is news is kept as a decision: of whoever it ended or holds. Who waits for a turn is judged again when it comes.
 */
function decisionsOf(
  rulings: readonly Judged[],
  touched: readonly Touched[],
  { outcomes }: Pick<Planned, 'outcomes'>,
  clock: Clock,
): Decision[] {
  const settled = new Set(outcomes.map(({ member }) => member.contactId));
  // What goes is decided again, and kept, by the sender. What is held for the same reason as before is no news.
  return rulings
    .filter(
      ({ candidate, decision }, index) =>
        decision.verdict !== 'send' &&
        decision.rule !== candidate.decided?.rule &&
        settled.has(touched[index]?.member.contactId ?? ''),
    )
    .map((ruling) => recordOf(ruling, clock.newId()));
}

/**
 * Locks the members' phones, whose rows are made where there is none, as `lockPhones` does. What is known of where contacts
 * are goes to those rows with it, where every judgement reads it; what stands there stays: the person may have said so, and
 * whoever edits a contact tells it there.
 */
async function lockWithWhereabouts(tx: Transaction, members: readonly Member[]): Promise<void> {
  await tx.query(
    `INSERT INTO phone AS known (phone_number, time_zone, state, postal_code)
     SELECT phone_number, time_zone, state, postal_code
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS told(phone_number, time_zone, state, postal_code)
      ORDER BY phone_number
     ON CONFLICT (phone_number) DO UPDATE
        SET time_zone = coalesce(known.time_zone, excluded.time_zone), state = coalesce(known.state, excluded.state),
            postal_code = coalesce(known.postal_code, excluded.postal_code)
      WHERE known.time_zone IS NULL AND excluded.time_zone IS NOT NULL OR known.state IS NULL AND excluded.state IS NOT NULL
            OR known.postal_code IS NULL AND excluded.postal_code IS NOT NULL -- where not, the row is locked all the same`,
    [
      members.map(({ phoneNumber }) => phoneNumber),
      members.map(({ timeZone }) => timeZone),
      members.map(({ usState }) => usState),
      members.map(({ postalCode }) => postalCode),
    ],
  );
}

interface Planned {
  messages: MessagesOfBatch[];
  links: ShortLink[];
  commands: OutboxEntry[];
  outcomes: Outcome[];
  count: Record<Channel, number>;
}

/** What follows from the verdicts: pure. */
function plan(
  campaign: Campaign,
  touched: readonly Touched[],
  verdicts: readonly Verdict[],
  {
    choice,
    before,
    first,
    most,
    mostOfAll,
    purse,
    routes,
    turns: turnsLeft,
  }: {
    most: Readonly<Record<Channel, number>>;
    mostOfAll: number | null;
    first: number | null;
    choice: Choice;
    before: ReadonlyMap<string, Before>;
    routes: Routes;
    purse: Purse;
    turns: TurnsLeft;
  },
  parts: DispatchParts,
): Planned {
  const { campaignId, definition, endAt, intent } = campaign;
  const compose = composerOf(campaign, parts);
  const messages: MessagesOfBatch[] = [];
  const links: ShortLink[] = [];
  const commands: OutboxEntry[] = [];
  const room = choice.room === null ? null : [...choice.room];
  const left = { ...most };
  const turns = turnsOf(turnsLeft);
  let firstLeft = first ?? Number.POSITIVE_INFINITY;
  let allLeft = mostOfAll ?? Number.POSITIVE_INFINITY;
  const outcomes = touched.flatMap(({ channel, member }, index): Outcome[] => {
    const verdict = verdicts[index];
    if (verdict === undefined) throw new Error('a contact was not judged');
    const { contactId, phoneNumber, plans } = member;
    const stays = { member, variant: member.variant, dueAt: null, messageId: null };
    const last = before.get(contactId);
    const isFirst = member.attempts === 0;
    if (verdict.verdict === 'block') {
      if (isFirst && !turns.take(channel)) return [];
      const blocked = { state: 'blocked', rule: verdict.rule } as const;
      return [{ ...stays, ...(last === undefined ? blocked : endedAs(last, blocked)) }];
    }
    if (verdict.verdict === 'hold') {
      return [{ ...stays, state: 'held', rule: verdict.rule, dueAt: new Date(verdict.until) }];
    }
    // It may go; its turn comes when the pace allows it.
    if (left[channel] <= 0 || allLeft <= 0 || !turns.has(channel)) {
      turns.stop(channel);
      return [];
    }
    if (isFirst && firstLeft <= 0) return [];
    const leftOfSample = isFirst && room !== null ? (room[member.variant] ?? 0) : null;
    if (leftOfSample !== null && leftOfSample <= 0) return [];
    const variant = variantOf(member, choice);
    const content = definition.drill === null ? compose({ ...member, variant }, channel) : null;
    if (content?.kind === 'skipped') {
      // Whoever was written to before is what became of that, and stays in the sample and the slice that they are in.
      if (last !== undefined) return [{ ...stays, ...notAgain(last) }];
      if (isFirst) turns.take(channel);
      return [{ ...stays, state: 'skipped', rule: content.rule }];
    }
    const paid: Priced = content === null ? LESSON : pricedOf(content);
    const segments = paid.kind === 'text' ? paid.segments : 0;
    const route = routes.take(phoneNumber, { channel, segments });
    if (route.kind === 'held') return [{ ...stays, state: 'held', rule: route.rule, dueAt: route.until }];
    const { carrier, senderNumber } = route;
    if (content !== null && !purse.pay(paid, carrier)) return [];
    left[channel] -= 1;
    allLeft -= 1;
    turns.take(channel);
    if (isFirst) firstLeft -= 1;
    if (leftOfSample !== null && room !== null) room[member.variant] = leftOfSample - 1;
    if (definition.drill !== null) {
      const askedAt = parts.clock.now();
      const command = startOfDrill(campaign, member, definition.drill, senderNumber, askedAt);
      commands.push(command.entry);
      // Its command stands for the message: the dialog answers by it, and is not waited for for ever.
      return [{ ...stays, state: 'queued', rule: null, dueAt: askedAt, messageId: command.commandId }];
    }
    if (content === null) throw new Error('a campaign has nothing to say');
    const messageId = campaignMessageId(campaignId, contactId, plans);
    links.push(...linksOf(campaign, member, { content, messageId, variant }));
    messages.push({
      batchId: messageId,
      phoneNumber,
      causedAt: null,
      timeZone: null,
      isTimeZoneNew: false,
      messages: [
        {
          messageId,
          lane: 'bulk',
          intent,
          senderNumber,
          ...wordsOf(content),
          causeId: contactId,
          topic: definition.topic,
          notAfter: endAt,
          campaignId,
          variant,
          step: member.step,
        },
      ],
    });
    return [{ ...stays, variant, state: 'queued', rule: null, messageId }];
  });
  const count = { sms: most.sms - left.sms, voice: most.voice - left.voice };
  return { messages, links, commands, outcomes, count };
}

function startOfDrill(
  { campaignId, intent }: Campaign,
  { contactId, phoneNumber, plans }: Member,
  { drill: drillSlug, programme: programmeSlug }: NonNullable<Campaign['definition']['drill']>,
  senderNumber: SenderAddress,
  now: Date,
): { commandId: string; entry: OutboxEntry } {
  const commandId = campaignDrillCommandId(campaignId, contactId, plans);
  const command: StartDrill = {
    type: 'START_DRILL',
    commandId,
    phoneNumber,
    occurredAt: now.toISOString(),
    payload: {
      drillSlug,
      drillInstanceId: drillInstanceIdOf(commandId),
      origin: { kind: 'planned', senderNumber, intent },
      campaign: { campaignId, contactId, programmeSlug },
    },
  };
  const body = JSON.stringify(command);
  return {
    commandId,
    entry: { kind: 'stream', target: 'dialog-commands', orderingKey: phoneNumber, body },
  };
}

async function writeOutcomes(
  tx: Transaction,
  campaignId: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query(
    `UPDATE campaign_contact AS each
        SET state = became.state, rule = became.rule, due_at = became.due_at,
            variant = became.variant, message_id = coalesce(became.message_id, each.message_id),
            plans = became.plans,
            settled_at = CASE WHEN became.state NOT IN ('pending', 'queued', 'held') THEN clock_timestamp() END
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::smallint[],
                   $8::smallint[]) AS became(contact_id, state, rule, due_at, message_id, variant, plans) ${LOOKED_UP}
      WHERE each.ctid = found.ctid`,
    [
      campaignId,
      outcomes.map(({ member }) => member.contactId),
      outcomes.map(({ state }) => state),
      outcomes.map(({ rule }) => rule),
      outcomes.map(({ dueAt }) => dueAt),
      outcomes.map(({ messageId }) => messageId),
      outcomes.map(({ variant }) => variant),
      outcomes.map(({ member: { plans }, messageId }) => (messageId === null ? plans : plans + 1)),
    ],
  );
}

const movesOf = ({ member, rule, state, variant }: Outcome): Move[] => [
  { variant: member.variant, from: { state: member.state, rule: member.rule }, to: null, contacts: 1 },
  { variant, from: null, to: { state, rule }, contacts: 1 },
];
