import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { PublishedContent } from '#shared/drills/drills.ts';
import { codeOf } from '#shared/drills/programme.ts';
import { asWord } from '#shared/drills/words.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * How often people register with codes. Uses are counted in the transaction in which somebody registers: a code that is for
 * 200 takes 200, however many tasks hear of it at once, and a text that is read again counts once.
 */

/** A code that the text of a command names. */
interface Named {
  programmeSlug: string;
  /** As texts are compared with it. */
  code: string;
  /** null: any number of people may use it. */
  maxUses: number | null;
}

const keyOf = ({ code, programmeSlug }: Pick<Named, 'code' | 'programmeSlug'>): string =>
  `${programmeSlug} ${code}`;

/** By the id of their command, the codes that texts name. */
function namedIn(
  commands: readonly DialogCommand[],
  drills: Pick<PublishedContent, 'programmeOwning'>,
): ReadonlyMap<string, Named> {
  return new Map(
    commands.flatMap((command) => {
      if (command.type !== 'INBOUND_SMS') return [];
      const programme = drills.programmeOwning(command.payload.to);
      const code = programme === null ? null : codeOf(command.payload.body, programme);
      if (programme === null || code === null) return [];
      const named = { programmeSlug: programme.slug, code: asWord(code.code), maxUses: code.maxUses };
      return [[command.commandId, named] as const];
    }),
  );
}

export interface CodeUses {
  /** Whether nobody may register any more with the code that a text names, once these batches have happened. Pure. */
  isUsedUp(command: DialogCommand, soFar: readonly DialogEventBatch[]): boolean;
  /** Counts the registrations among what came of the commands. */
  count(tx: Transaction, batches: readonly DialogEventBatch[]): Promise<void>;
}

/**
 * The uses of the codes that a batch of commands names. The limited ones stay locked to the end of the transaction, so that
 * no other batch takes the same last use; they are locked in their order, before any other row of the table is written.
 */
export async function readCodeUses(
  tx: Transaction,
  commands: readonly DialogCommand[],
  drills: Pick<PublishedContent, 'programmeOwning'>,
): Promise<CodeUses> {
  const named = namedIn(commands, drills);
  const before = await lockUses(
    tx,
    [...named.values()].filter(({ maxUses }) => maxUses !== null),
  );
  const registered = (batches: readonly DialogEventBatch[]): Named[] =>
    batches.flatMap(({ commandId, events }) =>
      events.some(({ type }) => type === 'USER_VALIDATED') ? (named.get(commandId) ?? []) : [],
    );
  return {
    isUsedUp: (command, soFar) => {
      const asked = named.get(command.commandId);
      if (asked === undefined || asked.maxUses === null) return false;
      const key = keyOf(asked);
      const now = registered(soFar).filter((one) => keyOf(one) === key).length;
      return (before.get(key) ?? 0) + now >= asked.maxUses;
    },
    count: (tx, batches) => countUses(tx, registered(batches)),
  };
}

/** By key. A code without a row gets one: there must be something to lock. */
async function lockUses(tx: Transaction, codes: readonly Named[]): Promise<ReadonlyMap<string, number>> {
  if (codes.length === 0) return new Map();
  const { rows } = await tx.query<{ programme_slug: string; code: string; uses: number }>(
    `INSERT INTO registration_code_use AS kept (programme_slug, code, uses)
     SELECT DISTINCT slug, code, 0 FROM unnest($1::text[], $2::text[]) AS named(slug, code) ORDER BY slug, code
     ON CONFLICT (programme_slug, code) DO UPDATE SET uses = kept.uses
     RETURNING programme_slug, code, uses`,
    [codes.map(({ programmeSlug }) => programmeSlug), codes.map(({ code }) => code)],
  );
  return new Map(
    rows.map(({ code, programme_slug, uses }) => [keyOf({ programmeSlug: programme_slug, code }), uses]),
  );
}

async function countUses(tx: Transaction, used: readonly Named[]): Promise<void> {
  if (used.length === 0) return;
  await tx.query(
    `INSERT INTO registration_code_use AS kept (programme_slug, code, uses)
     SELECT slug, code, count(*) FROM unnest($1::text[], $2::text[]) AS used(slug, code)
      GROUP BY slug, code ORDER BY slug, code
     ON CONFLICT (programme_slug, code) DO UPDATE SET uses = kept.uses + excluded.uses`,
    [used.map(({ programmeSlug }) => programmeSlug), used.map(({ code }) => code)],
  );
}
