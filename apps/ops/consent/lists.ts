import { closeSync, createReadStream, createWriteStream, openSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { backfillRegistrations } from '#shared/consent/backfill.ts';
import { exportConsents } from '#shared/consent/export.ts';
import { importConsents } from '#shared/consent/import.ts';
import type { ImportKind } from '#shared/consent/import-row.ts';
import { csvLine } from '#shared/csv/line.ts';
import { UsageError } from '../arguments.ts';
import { type Command, type CommandContext, type Given, onlyWord } from './command.ts';

const COUNTRIES = ['US', 'CA', 'MX'] as const;

const backfill: Command = {
  usage: [
    'consents backfill',
    'records the consent of people who registered before consent was kept, from the events of their dialogs',
  ],
  options: {},
  async run(_words, _options, { pool, pseudonyms, say }) {
    const { registrations, recorded } = await backfillRegistrations(pool, { pseudonyms });
    say(`${registrations} registrations, ${recorded} consents recorded`);
  },
};

/** Rows of suppressions count whatever else is wrong with them. */
const TAKEN_IN = 'taken in, as of now or for everything';

/** `suppressions import FILE`, `consents export FILE`, and so on. */
export const listCommands: Readonly<Record<string, Command>> = {
  'consents backfill': backfill,
  ...Object.fromEntries(
    (['suppressions', 'consents'] as const).flatMap((kind) => [
      [
        `${kind} import`,
        {
          usage: [
            `${kind} import FILE [--country US]`,
            `takes in a CSV file; rows that are left out, or taken in with a note, stand in FILE.rejected.csv`,
          ],
          options: { country: { type: 'string', default: 'US' } },
          run: (words, options, context) => takeIn(kind, onlyWord(words, 'file'), options, context),
        } satisfies Command,
      ],
      [
        `${kind} export`,
        {
          usage: [`${kind} export FILE`, 'writes all of them as CSV; the file must not exist yet'],
          options: {},
          run: (words, _options, context) => writeOut(kind, onlyWord(words, 'file'), context),
        } satisfies Command,
      ],
    ]),
  ),
};

async function takeIn(
  kind: ImportKind,
  file: string,
  options: Given,
  context: CommandContext,
): Promise<void> {
  const country = COUNTRIES.find((name) => name === options.country);
  if (country === undefined) throw new UsageError(`--country is one of ${COUNTRIES.join(', ')}`);
  const now = context.clock.now();
  const rejections = `${file}.rejected.csv`;
  const target = openSync(rejections, 'w', 0o600);
  try {
    writeSync(target, csvLine(['line', 'reason']));
    const write = (line: number, text: string): number =>
      writeSync(target, csvLine([String(line), { text }]));
    const { known, noted, recorded, rejected } = await importConsents(
      context.pool,
      () => createReadStream(file),
      {
        kind,
        actor: context.by,
        country,
        now,
        // The gateway publishes what its outbox holds.
        telling: { teller: 'gateway', onlyDialogs: true, now, pseudonyms: context.pseudonyms },
        reject: ({ line, reason }) => write(line, reason),
        note: ({ line, reason }) => write(line, `${TAKEN_IN}: ${reason}`),
      },
    );
    context.say(`${recorded} recorded, ${known} known from this file already, ${rejected} left out`);
    if (noted > 0) context.say(`${noted} of them ${TAKEN_IN}: ${rejections}`);
    if (rejected > 0) context.say(`what was left out, and why: ${rejections}`);
  } finally {
    closeSync(target);
  }
}

async function writeOut(kind: ImportKind, file: string, { pool, say }: CommandContext): Promise<void> {
  let lines = -1;
  const counted = async function* () {
    for await (const line of exportConsents(pool, kind)) {
      lines += 1;
      yield line;
    }
  };
  await pipeline(Readable.from(counted()), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  say(`${lines} written to ${file}`);
}
