import { noteKeywords } from '#shared/campaigns/note-keywords.ts';
import { noteReplies } from '#shared/campaigns/replied.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type Conversation, taken } from '#shared/replies/conversation.ts';
import { lockConversations, writeConversations } from '#shared/replies/store.ts';
import { countsForCampaign, mayTurnOut, type Verdict, verdictOf } from '#shared/replies/taken-as.ts';
import { giveToAgent } from './agent/give.ts';
import type { InboxDeps } from './hear-texts.ts';
import { keepVerdicts, readReplies, writeTaken } from './store.ts';

/** What the dialog made of one text. */
interface Told {
  replyId: string;
  phoneNumber: string;
  taken: Verdict;
}

/**
 * Notes what the dialog made of texts: what it left to people is unread and wants an answer, and opens the conversation.
 * Of a text that is not stored yet it is kept until that is there; both happen under the lock on the conversation.
 */
export const dialogConsumer = (deps: InboxDeps): StreamConsumerDefinition<DialogEventBatch> => ({
  ...dialogEventConsumer('inbox-dialog', deps.pseudonyms, async (tx, batches) => {
    const told = batches.flatMap((batch): Told[] => {
      const verdict = verdictOf(batch);
      return verdict === null
        ? []
        : [{ replyId: batch.commandId, phoneNumber: batch.phoneNumber, taken: verdict }];
    });
    if (told.length > 0) await follow(tx, told, deps);
    return { entries: [] };
  }),
  committed: deps.changed,
});

async function follow(tx: Transaction, told: readonly Told[], { clock }: InboxDeps): Promise<void> {
  const newId = () => clock.newId();
  const conversations = await lockConversations(
    tx,
    told.map(({ phoneNumber }) => phoneNumber),
    { newId, now: clock.now() },
  );
  const stored = await readReplies(
    tx,
    told.map(({ replyId }) => replyId),
  );
  await keepVerdicts(
    tx,
    told.filter(({ replyId }) => !stored.has(replyId)),
  );
  const news = told.flatMap((each) => {
    const reply = stored.get(each.replyId);
    // Under an erasure that is under way a text has another number already: what it came to matters to nobody.
    const isThere = reply !== undefined && reply.phoneNumber === each.phoneNumber;
    return isThere && mayTurnOut(reply.taken) ? [{ reply, verdict: each.taken }] : [];
  });
  await writeTaken(
    tx,
    news.map(({ reply, verdict }) => ({ replyId: reply.replyId, taken: verdict })),
  );
  const changed = new Map<string, Conversation>();
  for (const { reply, verdict } of news) {
    const known = changed.get(reply.phoneNumber) ?? conversations.get(reply.phoneNumber);
    if (known === undefined) throw new Error('a conversation that was locked is not there');
    changed.set(reply.phoneNumber, taken(known, { before: reply.taken, now: verdict }, reply));
  }
  const forPeople = news.flatMap(({ reply, verdict }) =>
    verdict === 'people' && !reply.answered ? [reply] : [],
  );
  const after = await giveToAgent(tx, forPeople, { before: conversations, after: changed }, clock.now());
  await writeConversations(tx, [...after.values()]);
  const answered = news.flatMap(
    ({ reply: { campaignId, keyword, ofLesson, phoneNumber, receivedAt: at }, verdict }) =>
      campaignId !== null && countsForCampaign(verdict, ofLesson)
        ? [{ campaignId, phoneNumber, at, keyword }]
        : [],
  );
  await noteReplies(tx, answered);
  await noteKeywords(
    tx,
    answered.flatMap(({ keyword, ...each }) => (keyword === null ? [] : [{ ...each, keyword }])),
  );
}
