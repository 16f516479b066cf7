import assert from 'node:assert/strict';
import { readBacklog } from '#shared/sending/backlog.ts';
import { SenderBench } from './test-bench.ts';

describe('What waits in the table', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  beforeEach(() => bench.reset());
  after(() => bench.close());

  it('is nothing while nothing waits', async () => {
    assert.deepEqual(await readBacklog(bench.pool, { channel: 'sms' }), {
      unsent: { queued: 0, held: 0, ambiguous: 0 },
      oldestQueuedMs: 0,
    });
  });

  it('is counted by state, with the age of what has been queued longest', async () => {
    const [oldest, held, sent] = await bench.plan('+14155550101', [
      { body: 'one' },
      { body: 'two' },
      { body: 'three' },
    ]);
    await bench.plan('+14155550102', [{ body: 'four' }]);
    await bench.database.adminPool.query(
      `UPDATE message
          SET state = CASE message_id WHEN $1 THEN 'queued' WHEN $2 THEN 'held' ELSE 'sent' END,
              queued_at = CASE message_id WHEN $1 THEN clock_timestamp() - interval '1 hour' ELSE queued_at END
        WHERE message_id IN ($1, $2, $3)`,
      [oldest, held, sent],
    );
    const backlog = await readBacklog(bench.pool, { channel: 'sms' });
    assert.deepEqual(backlog.unsent, { queued: 2, held: 1, ambiguous: 0 });
    assert.ok(backlog.oldestQueuedMs >= 3_600_000 && backlog.oldestQueuedMs < 3_700_000);
  });
});
