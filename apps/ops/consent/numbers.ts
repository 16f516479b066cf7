import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { csvLine } from '#shared/csv/line.ts';
import { answerEnds, listEnds } from '#shared/hygiene/age.ts';
import { doNotCallFiles } from '#shared/hygiene/do-not-call-file.ts';
import type { InputFile } from '#shared/hygiene/file-rows.ts';
import { loadDoNotCall } from '#shared/hygiene/load-do-not-call.ts';
import { loadReassigned } from '#shared/hygiene/load-reassigned.ts';
import { reassignedFile } from '#shared/hygiene/reassigned-file.ts';
import type { Reject } from '#shared/hygiene/source.ts';
import { readListStatus, readReassignedStatus } from '#shared/hygiene/status.ts';
import { UsageError } from '../arguments.ts';
import { type Command, onlyWord, required } from './command.ts';

const date = { date: { type: 'string' } } as const;

const doNotCall: Command = {
  usage: [
    'numbers do-not-call FILE... --date YYYY-MM-DD',
    'puts a copy of the do-not-call registry in force; --date: the day of its data. All its files at once',
  ],
  options: date,
  async run(words, options, { pool, clock, say, by }) {
    const [first] = words;
    if (first === undefined) throw new UsageError('expected the files of the registry');
    const listDate = required(options, 'date');
    const source = doNotCallFiles(words.map(inputFile), listDate);
    await withRejections(first, say, async (reject) => {
      const loaded = await loadDoNotCall(pool, source, { now: clock.now(), by, reject });
      say(`${loaded.numbers} numbers of ${loaded.areaCodes} area codes, ${loaded.rejected} rows left out`);
      say(`in force until ${listEnds(listDate).toISOString()}`);
    });
  },
};

const reassigned: Command = {
  usage: [
    'numbers reassigned FILE --date YYYY-MM-DD',
    'takes in answers of the Reassigned Numbers Database; --date: the day on which it was asked',
  ],
  options: date,
  async run(words, options, { pool, clock, say, by }) {
    const file = onlyWord(words, 'file');
    const askedOn = required(options, 'date');
    await withRejections(file, say, async (reject) => {
      const source = reassignedFile(inputFile(file), askedOn);
      const { yes, no, no_data, rejected } = await loadReassigned(pool, source, {
        now: clock.now(),
        by,
        reject,
      });
      say(`${yes} yes, ${no} no, ${no_data} no data, ${rejected} rows left out`);
      say(`they count until ${answerEnds(askedOn).toISOString()}`);
    });
  },
};

const LOADS_SHOWN = 12;

const status: Command = {
  usage: ['numbers status', 'shows the do-not-call list in force and the answers on reassigned numbers'],
  options: {},
  async run(_words, _options, { pool, clock, say }) {
    const now = clock.now();
    const ends = (end: Date): string =>
      `${end <= now ? 'stopped counting' : 'counts until'} ${end.toISOString()}`;
    const list = await readListStatus(pool);
    if (list === null) say('do-not-call: no list');
    else {
      const { listDate, numbers, areaCodes, loadedBy } = list;
      const size = `${numbers} numbers of ${areaCodes} area codes`;
      say(`do-not-call: list of ${listDate}, ${size}, ${ends(listEnds(listDate))}, loaded by ${loadedBy}`);
    }
    const loads = await readReassignedStatus(pool, LOADS_SHOWN);
    if (loads.length === 0) say('reassigned: no answers');
    for (const { askedOn, yes, no, noData, loadedBy } of loads) {
      const answers = `${yes} yes, ${no} no, ${noData} no data`;
      say(`reassigned: asked on ${askedOn}, ${answers}, ${ends(answerEnds(askedOn))}, loaded by ${loadedBy}`);
    }
  },
};

/** What keeps lists of numbers in order, by its words. */
export const numberCommands: Readonly<Record<string, Command>> = {
  'numbers do-not-call': doNotCall,
  'numbers reassigned': reassigned,
  'numbers status': status,
};

const inputFile = (path: string): InputFile => ({ name: basename(path), open: () => createReadStream(path) });

/** Rows that are left out stand in FILE.rejected.csv, also when the load ends half-way. */
async function withRejections(
  file: string,
  say: (line: string) => void,
  load: (reject: Reject) => Promise<void>,
): Promise<void> {
  const rejections = `${file}.rejected.csv`;
  const target = openSync(rejections, 'w', 0o600);
  let rejected = 0;
  try {
    writeSync(target, csvLine(['line', 'reason']));
    await load(({ line, reason }) => {
      rejected += 1;
      writeSync(target, csvLine([String(line), { text: reason }]));
    });
  } finally {
    closeSync(target);
    if (rejected > 0) say(`what was left out, and why: ${rejections}`);
  }
}
