import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { PHONE_AGENT } from './test-links.ts';

const PROCESS = fileURLToPath(new URL('./test-links-process.ts', import.meta.url));
const LINKS = 600;
const AT_ONCE = 30;
const KILLED_AFTER = 200;

const tokenOf = (n: number): string => `t${String(n).padStart(11, '0')}`;

describe('A gateway that is killed', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  it('has recorded every click that it answered, once, and counted it', async () => {
    const pool = database.adminPool;
    await pool.query(
      `WITH link AS (
         INSERT INTO short_link (token, url, campaign_id, contact_id, variant, message_id, phone_number, created_at)
         SELECT 't' || lpad(n::text, 11, '0'), 'https://example.org/' || n, '018f0000-0000-7000-8000-000000000001',
                gen_random_uuid(), 0, gen_random_uuid(), '+14155550101', now()
           FROM generate_series(0, $1::int - 1) AS n RETURNING message_id)
       INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
       SELECT gen_random_uuid(), message_id, '+14155550101', 'twilio', '+14155550100', 'accepted', now() - interval '1 minute'
         FROM link`,
      [LINKS],
    );
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(database.configFor('gateway'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const [port] = await new Promise<string[]>((resolve) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve([line]));
    });
    const answered: string[] = [];
    let next = 0;
    const follow = async (): Promise<void> => {
      for (; next < LINKS; ) {
        const token = tokenOf(next);
        next += 1;
        const answer = await fetch(`http://127.0.0.1:${port}/l/${token}`, {
          redirect: 'manual',
          headers: { 'user-agent': PHONE_AGENT },
        }).catch(() => null);
        // It is gone.
        if (answer === null) return;
        if (answer.status === 302) answered.push(token);
        if (answered.length >= KILLED_AFTER) child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, follow));
    await ended;
    assert.ok(answered.length >= KILLED_AFTER && answered.length < LINKS, String(answered.length));
    // What it had begun ends when the database has noticed that nobody is there any more.
    const { rows } = await pool.query<{ lost: number; doubled: number; clicks: number; counted: number }>(
      `SELECT (SELECT count(*)::int FROM unnest($1::text[]) AS token
                WHERE NOT EXISTS (SELECT FROM link_click WHERE link_click.token = token.token)) AS lost,
              (SELECT count(*)::int FROM (SELECT FROM link_click GROUP BY token HAVING count(*) > 1) AS twice) AS doubled,
              (SELECT count(*)::int FROM campaign_click) AS clicks,
              (SELECT sum(value)::int FROM campaign_count WHERE measure = 'clicked') AS counted`,
      [answered],
    );
    assert.deepEqual([rows[0]?.lost, rows[0]?.doubled], [0, 0]);
    assert.equal(rows[0]?.counted, rows[0]?.clicks);
  });
});
