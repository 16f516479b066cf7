import type { Clock } from '#shared/clock.ts';
import { noteAnswers } from '#shared/contacts/answers.ts';
import {
  type NotedAnswer,
  newsFor,
  type SharedField,
  sharedFields,
  takeAnswers,
} from '#shared/contacts/exchange.ts';
import {
  claimNews,
  claimRest,
  lockSharedContacts,
  type News,
  type SharedContact,
  settleNews,
  writeSharedContacts,
} from '#shared/contacts/news.ts';
import { holdAllFields } from '#shared/contacts/store.ts';
import type { UpdateUser } from '#shared/contracts/dialog-commands.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import { readPositions } from '#shared/dialog-events/positions.ts';
import { shareFence } from '#shared/erasure/fence.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { contactNewsCommandId } from '#shared/identity.ts';
import { isOutboxLong } from '#shared/outbox/long.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';

/**
 * Carries what people answered to their contacts, and what contacts say to their dialogs (docs/decisions/0035). The contact's row
 * is the one place where it is decided; a dialog is told only where it is known to be, and looked at once more afterwards.
 */

export interface ExchangeParts {
  clock: Clock;
  pseudonyms: Pseudonyms;
  /** Whose outbox the commands leave through. */
  producer: string;
  /** Most rows of one transaction. */
  batchSize: number;
}

/** What one batch came to. */
export interface Exchanged {
  /** Rows that were looked at. */
  handled: number;
  /** Contacts that answers changed. */
  written: number;
  /** Dialogs that are told. */
  told: number;
}

/** When somebody is looked at again whose dialog was told, so that it is known that it took it. */
const LOOK_AGAIN_MS = 10_000;
/** And whose events have not been followed, or whose contact somebody else has in hand. */
const BUSY_MS = 2_000;

const NOTHING: Exchanged = { handled: 0, written: 0, told: 0 };

/**
 * Claims what is due, carries it, and leaves the commands, all in one transaction. A handful of statements, however many people
 * it is about; no more of them than the stream takes.
 */
export const exchangeContacts = (
  pool: Pool,
  { batchSize, clock, producer, pseudonyms }: ExchangeParts,
): Promise<Exchanged> =>
  inTransaction(pool, async (tx) => {
    const now = clock.now();
    // Nothing is carried about whoever is being erased.
    await shareFence(tx);
    if (await isOutboxLong(tx, producer)) return NOTHING;
    const due = await claimNews(tx, now, batchSize);
    if (due.length === 0) return NOTHING;
    const phones = [...new Set(due.map(({ phoneNumber }) => phoneNumber))];
    // In this order: what is followed is never less than what the dialog is known to be.
    const dialogs = await readDialogs(tx, phones);
    const followed = await readPositions(tx, 'progress', phones, pseudonyms);
    const shared = sharedFields(await holdAllFields(tx));
    const { busy, contacts } = await lockSharedContacts(tx, phones);
    // Answers of events that were followed since the claim, or that somebody else claimed: without them, what the contact said
    // before would be told to a dialog that knows better.
    const { rest, busy: elsewhere } = await claimRest(tx, phones, due);
    const news = [...due, ...rest].sort((a, b) => a.position - b.position);
    const byPhone = Map.groupBy(news, ({ phoneNumber }) => phoneNumber);
    const steps = [...byPhone].map(([phone, its]) =>
      stepOf(its, {
        dialog: dialogs.get(phone) ?? null,
        followed: followed.get(phone) ?? 0,
        contact: elsewhere.has(phone) ? null : (contacts.get(phone) ?? null),
        isBusy: busy.has(phone) || elsewhere.has(phone),
        shared,
        now,
      }),
    );
    const written = steps.flatMap(({ contact }) => contact ?? []);
    await writeSharedContacts(tx, written, now);
    await noteAnswers(
      tx,
      steps.flatMap(({ noted }) => noted),
    );
    const commands = steps.flatMap(({ command }) => command ?? []);
    await writeSlotOutbox(
      tx,
      producer,
      commands.map((command) => ({
        kind: 'stream',
        target: 'dialog-commands',
        orderingKey: command.phoneNumber,
        body: JSON.stringify(command),
      })),
    );
    await settleNews(
      tx,
      steps.flatMap(({ done }) => done),
      steps.flatMap(({ again }) => again),
    );
    return { handled: news.length, written: written.length, told: commands.length };
  });

interface Known {
  /** Null: there is none. */
  dialog: { version: number; profile: Profile } | null;
  /** The version up to which its events have been followed. */
  followed: number;
  /** Null: there is none, or somebody else has it, or news of it. */
  contact: SharedContact | null;
  isBusy: boolean;
  shared: readonly SharedField[];
  now: Date;
}

interface Step {
  /** As it is now, where answers changed it. */
  contact: SharedContact | null;
  noted: (NotedAnswer & { contactId: string })[];
  command: UpdateUser | null;
  /** Positions of rows. */
  done: number[];
  again: { position: number; dueAt: Date; keepsAnswer: boolean }[];
}

/** What becomes of the news of one person. Pure. */
function stepOf(news: readonly News[], { contact, dialog, followed, isBusy, now, shared }: Known): Step {
  const positions = news.map(({ position }) => position);
  const none: Step = { contact: null, noted: [], command: null, done: [], again: [] };
  const later = (ms: number): Date => new Date(now.getTime() + ms);
  if (dialog === null || (contact === null && !isBusy)) return { ...none, done: positions };
  // Answers that are not known here yet would be written over.
  if (contact === null || followed < dialog.version) {
    const dueAt = later(BUSY_MS);
    return { ...none, again: positions.map((position) => ({ position, dueAt, keepsAnswer: true })) };
  }
  const answers = news.flatMap(({ answer }) => answer ?? []);
  const { contact: after, noted } = takeAnswers(contact, answers, shared);
  const isChanged = JSON.stringify(after) !== JSON.stringify(contact);
  const profile = newsFor(dialog.profile, after, shared);
  const { contactId, phoneNumber, version } = contact;
  const step: Step = {
    ...none,
    contact: isChanged ? { ...contact, ...after } : null,
    noted: noted.map((answer) => ({ ...answer, contactId })),
  };
  if (profile === null) return { ...step, done: positions };
  const [kept, ...done] = positions;
  return {
    ...step,
    command: {
      type: 'UPDATE_USER',
      commandId: contactNewsCommandId(contactId, isChanged ? version + 1 : version, dialog.version),
      phoneNumber,
      occurredAt: now.toISOString(),
      payload: { profile, dialogVersion: dialog.version },
    },
    done,
    again: kept === undefined ? [] : [{ position: kept, dueAt: later(LOOK_AGAIN_MS), keepsAnswer: false }],
  };
}

async function readDialogs(
  tx: Transaction,
  phones: readonly string[],
): Promise<ReadonlyMap<string, { version: number; profile: Profile }>> {
  const { rows } = await tx.query<{ phone_number: string; version: number; profile: Profile }>(
    `SELECT phone_number, version, state -> 'profile' AS profile FROM dialog_state WHERE phone_number = ANY ($1)`,
    [phones],
  );
  return new Map(rows.map(({ phone_number: phone, profile, version }) => [phone, { profile, version }]));
}
