import type { Clock } from '#shared/clock.ts';
import { readSuppressed } from '#shared/consent/suppression.ts';
import { type DialogCommand, dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { executeBatch, type RefusedCommand } from '#shared/dialog/execute-batch.ts';
import { factsOf } from '#shared/dialog/facts.ts';
import {
  appendBatches,
  readProcessed,
  readStates,
  rememberProcessed,
  writeStates,
} from '#shared/dialog/store.ts';
import type { Drills, PublishedContent } from '#shared/drills/drills.ts';
import { readErased } from '#shared/erasure/erased.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { readBeginnings } from './beginnings.ts';
import { answerCampaigns, readActiveCampaigns } from './campaign-drills.ts';
import { readCodeUses } from './code-uses.ts';
import { readInHands } from './in-hands.ts';
import { readOvertaken } from './overtaken.ts';

export interface DialogDeps {
  drills: Drills;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** The number that sends where a command names none. */
  defaultSender: PhoneNumber;
  /** Of a person whom no programme says otherwise about: two letters. */
  defaultLanguage: string;
  pseudonyms: Pseudonyms;
}

/**
 * The dialog as a stream consumer: reads what a batch of commands needs in a few statements, executes it in memory,
 * writes states, events and executed ids together, and leaves one event record per command that came to anything.
 */
export function dialogConsumer(deps: DialogDeps): StreamConsumerDefinition<DialogCommand> {
  const snapshots = new DrillSnapshots();
  return {
    consumer: 'dialog',
    stream: 'dialog-commands',
    parse: (body) => parseRecord(dialogCommandSchema, body),
    async apply(tx, records) {
      const all = records.map(({ value }) => value);
      const phones = [...new Set(all.map(({ phoneNumber }) => phoneNumber))];
      const erased = await readErased(tx, phones, deps.pseudonyms);
      // What somebody did before they were erased comes to nothing, and would bring back what was erased.
      const [late, commands] = partition(all, ({ phoneNumber, occurredAt }) => {
        const since = erased.get(phoneNumber)?.erasedAt;
        return since !== undefined && Date.parse(occurredAt) <= since.getTime();
      });
      const drills = await deps.drills.current();
      const content = await drillsFor(commands, drills);
      const processed = await readProcessed(
        tx,
        commands.map(({ commandId }) => commandId),
      );
      const states = await readStates(tx, snapshots, phones);
      const beginnings = await readBeginnings(
        tx,
        phones.filter((phone) => !states.has(phone)),
        erased,
      );
      const suppressed = await readSuppressed(tx, phones, deps.pseudonyms);
      const overtaken = await readOvertaken(tx, commands);
      const now = deps.clock.now();
      const activeCampaigns = await readActiveCampaigns(tx, commands, now);
      const codes = await readCodeUses(tx, commands, drills);
      const isUsedUp = codes.isUsedUp;
      const inHands = await readInHands(tx, commands, now);
      const known = {
        ...deps,
        drills,
        content,
        suppressed,
        overtaken,
        activeCampaigns,
        isUsedUp,
        inHands,
        now,
      };
      const result = executeBatch({
        states,
        commands,
        versions: new Map([...erased].map(([phone, { dialogVersion }]) => [phone, dialogVersion])),
        beginnings,
        processed,
        now,
        factsOf: (command, soFar) => factsOf(command, known, soFar),
      });
      await writeStates(tx, snapshots, [...result.changed.values()], now);
      await appendBatches(tx, result.batches);
      await rememberProcessed(tx, [...result.processed, ...late.map(({ commandId }) => commandId)]);
      await codes.count(tx, result.batches);
      await answerCampaigns(tx, commands, result);
      for (const refused of result.refused) report(refused, deps);
      return {
        entries: result.batches.map((batch) => ({
          kind: 'stream',
          target: 'dialog-events',
          orderingKey: batch.phoneNumber,
          body: JSON.stringify(batch),
        })),
      };
    },
  };
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): [T[], T[]] {
  const groups = Map.groupBy(values, isFirst);
  return [groups.get(true) ?? [], groups.get(false) ?? []];
}

/** Content of every drill that a batch starts, each asked for once. */
async function drillsFor(
  commands: readonly DialogCommand[],
  drills: PublishedContent,
): Promise<ReadonlyMap<string, Drill | null>> {
  const slugs = new Set(
    commands.flatMap((command) => (command.type === 'START_DRILL' ? [command.payload.drillSlug] : [])),
  );
  return new Map(
    await Promise.all([...slugs].map(async (slug) => [slug, await drills.drill(slug)] as const)),
  );
}

/**
 * Says that a command came to nothing. A batch that is rolled back after this and done again says so twice. A drill that
 * does not exist, or is another programme's, is somebody's mistake; the other reasons are the rules at work.
 */
function report({ command, reason }: RefusedCommand, { logger, metrics }: DialogDeps): void {
  metrics.observe('CommandsRefused', 1, { Reason: reason });
  const { commandId, phoneNumber, type } = command;
  const drillSlug = command.type === 'START_DRILL' ? command.payload.drillSlug : undefined;
  const fields = { commandId, phoneNumber, type, reason, drillSlug };
  if (reason === 'unknown_drill') logger.error(fields, 'a drill that does not exist was to start');
  else if (reason === 'other_programme')
    logger.error(fields, 'a drill was to start from a number of another programme');
  else logger.info(fields, 'a command was refused');
}
