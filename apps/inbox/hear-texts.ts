import { keywordOf } from '#shared/campaigns/accepted-keywords.ts';
import { type KeywordReply, noteKeywords, readAcceptedKeywords } from '#shared/campaigns/note-keywords.ts';
import { type CampaignReply, noteHeard, noteReplies } from '#shared/campaigns/replied.ts';
import type { Clock } from '#shared/clock.ts';
import { readSuppressed } from '#shared/consent/suppression.ts';
import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import { parseInboundSms } from '#shared/contracts/inbound-sms.ts';
import { readErased } from '#shared/erasure/erased.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { keyOf, type Pair, readCampaignTexts } from '#shared/replies/campaign-texts.ts';
import { type Conversation, heard, taken } from '#shared/replies/conversation.ts';
import { answeredText } from '#shared/replies/matching.ts';
import { lockConversations, writeConversations } from '#shared/replies/store.ts';
import { countsForCampaign, isReply, takenAtOnce } from '#shared/replies/taken-as.ts';
import { giveToAgent } from './agent/give.ts';
import { UNTOLD_MS } from './hand-over.ts';
import {
  insertReplies,
  type LastReply,
  type Reply,
  readContacts,
  readReplies,
  takeVerdicts,
  writeLastReplies,
} from './store.ts';

export interface InboxDeps {
  clock: Clock;
  pseudonyms: Pseudonyms;
  metrics: Metrics;
  /** For how many days after its text a campaign is answered. */
  withinDays: number;
  /** Hears of every commit that may have changed conversations. */
  changed(): void;
}

/** One batch of texts, on its way into the tables. */
interface Texts {
  replies: Reply[];
  conversations: Map<string, Conversation>;
  answered: CampaignReply[];
  /** Of those, which are accepted keywords. */
  keywords: KeywordReply[];
  /** What belongs to a campaign, whatever it turns out to be. */
  heard: CampaignReply[];
}

/**
 * Stores what people text, with the contact who wrote it and the campaign that it belongs to, and moves conversations. Other
 * commands are none of its business, whatever they look like: the dialog judges them. Null stands for one of those.
 *
 * A text that is stored already changes nothing, and one from before its person was erased is not stored. As many
 * statements for one text as for a batch.
 */
export const textsConsumer = (deps: InboxDeps): StreamConsumerDefinition<InboundSms | null> => ({
  consumer: 'inbox',
  stream: 'dialog-commands',
  parse: parseInboundSms,
  async apply(tx, records) {
    const all = records.flatMap(({ value }) => value ?? []);
    const texts = await withoutErased(tx, all, deps.pseudonyms);
    if (texts.length > 0) await hear(tx, texts, deps);
    return { entries: [] };
  },
  committed: deps.changed,
});

async function withoutErased(
  tx: Transaction,
  texts: readonly InboundSms[],
  pseudonyms: Pseudonyms,
): Promise<InboundSms[]> {
  if (texts.length === 0) return [];
  const erased = await readErased(tx, [...new Set(texts.map(({ payload }) => payload.from))], pseudonyms);
  return texts.filter(({ payload }) => {
    const since = erased.get(payload.from)?.erasedAt;
    return since === undefined || Date.parse(payload.receivedAt) > since.getTime();
  });
}

const pairOf = ({ payload }: InboundSms): Pair => ({ phoneNumber: payload.from, ourNumber: payload.to });

async function hear(
  tx: Transaction,
  texts: readonly InboundSms[],
  { clock, metrics, pseudonyms, withinDays }: InboxDeps,
): Promise<void> {
  const phones = [...new Set(texts.map(({ payload }) => payload.from))];
  const newId = () => clock.newId();
  const conversations = await lockConversations(tx, phones, { newId, now: clock.now() });
  const stored = await readReplies(
    tx,
    texts.map(({ commandId }) => commandId),
  );
  const fresh = onceEach(texts).filter(({ commandId }) => !stored.has(commandId));
  if (fresh.length === 0) return;
  const oldest = Math.min(...fresh.map(({ payload }) => Date.parse(payload.receivedAt)));
  const sent = await readCampaignTexts(tx, fresh.map(pairOf), new Date(oldest - withinDays * 24 * 3_600_000));
  const facts = {
    contacts: await readContacts(tx, phones),
    suppressed: await readSuppressed(tx, phones, pseudonyms),
    sent,
    accepted: await readAcceptedKeywords(
      tx,
      [...sent.values()].flatMap((campaignTexts) => campaignTexts.map(({ campaignId }) => campaignId)),
    ),
    verdicts: await takeVerdicts(
      tx,
      fresh.map(({ commandId }) => commandId),
    ),
    withinDays,
    untoldAt: new Date(clock.now().getTime() + UNTOLD_MS),
  };
  const heardTexts = fold(fresh, conversations, facts);
  await insertReplies(tx, heardTexts.replies);
  const forPeople = heardTexts.replies.filter(({ taken: is }) => is === 'people');
  const after = await giveToAgent(
    tx,
    forPeople,
    { before: conversations, after: heardTexts.conversations },
    clock.now(),
  );
  await writeConversations(tx, [...after.values()]);
  await writeLastReplies(tx, lastRepliesOf(heardTexts.replies));
  await noteHeard(tx, heardTexts.heard);
  await noteReplies(tx, heardTexts.answered);
  await noteKeywords(tx, heardTexts.keywords);
  for (const [Whose, replies] of Map.groupBy(heardTexts.replies, whoseOf))
    metrics.observe('TextsHeard', replies.length, { Whose });
}

const whoseOf = ({ campaignId, contactId }: Reply) =>
  campaignId !== null
    ? ('campaign' as const)
    : contactId !== null
      ? ('contact' as const)
      : ('nobody' as const);

/** A text that a batch brings twice counts where it stands first. */
const onceEach = (texts: readonly InboundSms[]): InboundSms[] =>
  [...Map.groupBy(texts, ({ commandId }) => commandId).values()].flatMap(([first]) => first ?? []);

interface Facts {
  contacts: ReadonlyMap<string, string>;
  suppressed: ReadonlySet<string>;
  sent: Awaited<ReturnType<typeof readCampaignTexts>>;
  /** Accepted keywords by campaign. */
  accepted: ReadonlyMap<string, ReadonlySet<string>>;
  verdicts: Awaited<ReturnType<typeof takeVerdicts>>;
  withinDays: number;
  /** When these texts go to people if the dialog says nothing. */
  untoldAt: Date;
}

/** What follows from texts, one after another. Pure. */
function fold(
  texts: readonly InboundSms[],
  before: ReadonlyMap<string, Conversation>,
  { accepted, contacts, sent, suppressed, untoldAt, verdicts, withinDays }: Facts,
): Texts {
  const result: Texts = { replies: [], conversations: new Map(), answered: [], keywords: [], heard: [] };
  for (const text of texts) {
    const { commandId: replyId, payload } = text;
    const { phoneNumber, ourNumber } = pairOf(text);
    const known = result.conversations.get(phoneNumber) ?? before.get(phoneNumber);
    if (known === undefined) throw new Error('a conversation that was locked is not there');
    const receivedAt = new Date(payload.receivedAt);
    const answers = answeredText(receivedAt, sent.get(keyOf(pairOf(text))) ?? [], withinDays);
    const { campaignId, isLesson: ofLesson } = answers ?? { campaignId: null, isLesson: false };
    const keys = campaignId === null ? undefined : accepted.get(campaignId);
    const keyword = keys === undefined ? null : keywordOf(payload.body, keys);
    const atOnce = takenAtOnce(text, suppressed.has(phoneNumber));
    const now = atOnce === 'consent' ? atOnce : (verdicts.get(replyId) ?? atOnce);
    const said = heard(known, { replyId, ourNumber, campaignId, receivedAt });
    const conversation = taken(said, { before: null, now }, { read: false, answered: false });
    result.conversations.set(phoneNumber, conversation);
    result.replies.push({
      replyId,
      phoneNumber,
      ourNumber,
      contactId: contacts.get(phoneNumber) ?? null,
      campaignId,
      ofLesson,
      body: payload.body,
      mediaUrls: payload.media.map(({ url }) => url),
      carrier: payload.carrier,
      carrierMessageId: payload.carrierMessageId,
      receivedAt,
      session: conversation.session,
      taken: now,
      untoldAt: now === null ? untoldAt : null,
      keyword,
    });
    if (campaignId === null) continue;
    const reply = { campaignId, phoneNumber, at: receivedAt };
    if (isReply(now)) result.heard.push(reply);
    if (!countsForCampaign(now, ofLesson)) continue;
    result.answered.push(reply);
    if (keyword !== null) result.keywords.push({ ...reply, keyword });
  }
  return result;
}

/** The newest of each contact; words about consent are no reply. */
function lastRepliesOf(replies: readonly Reply[]): LastReply[] {
  const newest = new Map<string, LastReply>();
  for (const { body, contactId, receivedAt, taken: is } of replies) {
    if (contactId === null || !isReply(is)) continue;
    const known = newest.get(contactId);
    if (known === undefined || known.receivedAt <= receivedAt)
      newest.set(contactId, { contactId, body, receivedAt });
  }
  return [...newest.values()];
}
