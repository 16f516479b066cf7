import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { evidenceOf, verifyBundle } from '#shared/evidence/bundle.ts';
import { evidencePage } from '#shared/evidence/page.ts';
import { UsageError } from '../arguments.ts';
import { type Command, onlyWord, required } from './command.ts';
import { numberOf } from './revocations.ts';

const evidence: Command = {
  usage: [
    'evidence NUMBER --out DIRECTORY',
    'writes everything on record about a person: evidence.json, and evidence.html to print',
  ],
  options: { out: { type: 'string' } },
  async run(words, options, { pool, clock, pseudonyms, say, by }) {
    const phone = numberOf(words);
    const directory = required(options, 'out');
    const bundle = await evidenceOf(pool, phone, { now: clock.now(), by, pseudonyms });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // Never over another person's, or an earlier, record.
    const write = (name: string, text: string) =>
      writeFile(join(directory, name), text, { flag: 'wx', mode: 0o600 });
    await write('evidence.json', `${JSON.stringify(bundle, null, 2)}\n`);
    await write('evidence.html', evidencePage(bundle));
    say(`${bundle.links.length} entries about ${phone} in ${directory}`);
    say(`the record is known by ${bundle.lastHash}: keep this hash apart from the files`);
  },
};

const verify: Command = {
  usage: [
    'evidence verify FILE [--hash HASH]',
    'says whether a record is as it was made, and which entry is not; --hash: the one that was kept apart',
  ],
  options: { hash: { type: 'string' } },
  async run(words, { hash }, { say }) {
    const file = onlyWord(words, 'file');
    const text = await readFile(file, 'utf8');
    const found = verified(text, typeof hash === 'string' ? hash : null, file);
    if (found.kind === 'intact') {
      say(
        typeof hash === 'string'
          ? 'intact'
          : 'consistent; only with --hash is it known to be the one that was made',
      );
      return;
    }
    const where = found.position === 0 ? 'its head' : `entry ${found.position}`;
    throw new UsageError(`${file} is not as it was made, at ${where}: ${found.why}`);
  },
};

function verified(text: string, hash: string | null, file: string) {
  try {
    return verifyBundle(text, hash);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      throw new UsageError(`${file} is no record of evidence`);
    throw error;
  }
}

/** What proves what was on record. */
export const evidenceCommands: Readonly<Record<string, Command>> = { evidence, 'evidence verify': verify };
