import { randomUUID } from 'node:crypto';
import { hashOf, newApiKey, textOf } from '#shared/api-keys/api-key.ts';
import { insertKey, listKeys, readKey, revokeKey, type StoredKey } from '#shared/api-keys/key-store.ts';
import { type Role, roles } from '#shared/api-keys/role.ts';
import { type AuditChange, appendAudit } from '#shared/audit/append.ts';
import { inTransaction, type Transaction } from '#shared/postgres/pool.ts';
import { UsageError } from '../arguments.ts';
import { type Command, type CommandContext, onlyWord, required } from '../consent/command.ts';

/**
 * API keys without the API: for the first one of an environment, and for when nobody has one any more. What a task prints
 * is kept in its log, so a key that is made here ends soon by itself: it is for making a lasting one through the API.
 */
const DEFAULT_HOURS = 1;
const MOST_HOURS = 24;
const HOUR_MS = 3_600_000;
/** Keys that are listed. */
const SHOWN = 100;

const create: Command = {
  usage: [
    'keys create --name TEXT [--role ROLE] [--hours N]',
    `makes an API key (${roles.join(', ')}; admin by default) that ends by itself after an hour, or ${MOST_HOURS} at most`,
  ],
  options: { name: { type: 'string' }, role: { type: 'string' }, hours: { type: 'string' } },
  async run(words, options, context) {
    if (words.length > 0) throw new UsageError('keys create takes options only');
    const name = required(options, 'name');
    const role = roleOf(options.role);
    const now = context.clock.now();
    const expiresAt = new Date(now.getTime() + hoursOf(options.hours) * HOUR_MS);
    const made = newApiKey();
    await audited(context, 'keys create', async (tx) => {
      await insertKey(
        tx,
        { id: made.id, name, role, createdAt: now, createdBy: context.by, expiresAt },
        hashOf(made.secret, context.keyPepper),
      );
      const after = { name, role, expiresAt: expiresAt.toISOString() };
      return { subject: 'api-key', subjectId: made.id, action: 'created', before: null, after };
    });
    context.say(textOf(made));
    context.say(`Role ${role}, until ${expiresAt.toISOString()}. Make a lasting key with it: POST /v1/keys`);
  },
};

const list: Command = {
  usage: ['keys list', `lists the newest ${SHOWN} API keys`],
  options: {},
  async run(words, _options, { pool, say }) {
    if (words.length > 0) throw new UsageError('keys list takes nothing');
    const keys = await listKeys(pool, { after: null, limit: SHOWN });
    for (const key of keys) say(lineOf(key));
    if (keys.length === 0) say('no API key');
  },
};

const revoke: Command = {
  usage: ['keys revoke ID', 'ends an API key at once and for good'],
  options: {},
  async run(words, _options, context) {
    const id = onlyWord(words, 'id of a key');
    await audited(context, 'keys revoke', async (tx) => {
      const before = await readKey(tx, id);
      const key = await revokeKey(tx, id, context.clock.now());
      if (before === null || key === null) throw new UsageError(`there is no key ${id}`);
      return {
        subject: 'api-key',
        subjectId: id,
        action: 'revoked',
        before: { revokedAt: before.key.revokedAt },
        after: { revokedAt: key.revokedAt },
      };
    });
    context.say(`${id} is revoked`);
  },
};

function roleOf(given: string | boolean | undefined): Role {
  const role = roles.find((each) => each === (given ?? 'admin'));
  if (role === undefined) throw new UsageError(`--role is one of ${roles.join(', ')}`);
  return role;
}

function hoursOf(given: string | boolean | undefined): number {
  const hours = given === undefined ? DEFAULT_HOURS : Number(given);
  if (!Number.isInteger(hours) || hours < 1 || hours > MOST_HOURS) {
    throw new UsageError(`--hours is a whole number from 1 to ${MOST_HOURS}`);
  }
  return hours;
}

const lineOf = ({ createdAt, createdBy, expiresAt, id, name, revokedAt, role }: StoredKey): string => {
  const end =
    revokedAt === null ? `ends ${expiresAt?.toISOString() ?? 'never'}` : `revoked ${revokedAt.toISOString()}`;
  return `${id}  ${role.padEnd(8)}  ${end}  made ${createdAt.toISOString()} by ${createdBy}  ${name}`;
};

/** Makes a change together with its entry in the audit log. */
const audited = (
  { by, clock, pool }: CommandContext,
  command: string,
  change: (tx: Transaction) => Promise<AuditChange>,
): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await appendAudit(tx, [await change(tx)], {
      actor: { kind: 'local', id: 'ops', name: by },
      operationId: command,
      requestId: randomUUID(),
      ip: '-',
      at: clock.now(),
    });
  });

/** What an operator may do about API keys, by its words. */
export const keyCommands: Readonly<Record<string, Command>> = {
  'keys create': create,
  'keys list': list,
  'keys revoke': revoke,
};
