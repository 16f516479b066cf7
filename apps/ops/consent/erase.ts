import { earlierErasure, erasePerson, findPersonalData } from '#shared/erasure/erase.ts';
import { type Command, required } from './command.ts';
import { numberOf } from './revocations.ts';

const erase: Command = {
  usage: [
    'erase NUMBER --reason TEXT [--yes]',
    'erases what is on record about a person, and keeps what they stopped; without --yes only says what it would erase',
  ],
  options: { reason: { type: 'string' }, yes: { type: 'boolean' } },
  async run(words, options, { pool, clock, pseudonyms, say, by }) {
    const phone = numberOf(words);
    const reason = required(options, 'reason');
    const earlier = await earlierErasure(pool, phone, pseudonyms);
    if (earlier !== null) {
      const { erasedAt, complete } = earlier;
      const how = complete ? 'erased' : 'erased in part';
      say(`${how} on ${erasedAt.toISOString()} by ${earlier.by}: ${earlier.reason}`);
    }
    const found = await findPersonalData(pool, phone);
    if (found.length === 0 && earlier?.complete !== false) {
      say(earlier === null ? 'nothing is on record about this number' : 'nothing has come since');
      return;
    }
    const rows = options.yes ? await erasePerson(pool, { phone, reason, by, pseudonyms, clock }) : found;
    for (const { table, rows: count } of rows) say(`${String(count).padStart(7)}  ${table}`);
    say(
      options.yes
        ? 'erased; what the person stopped stays stopped'
        : 'nothing was done; --yes would erase these',
    );
  },
};

/** What erases people, by its words. */
export const erasureCommands: Readonly<Record<string, Command>> = { erase };
