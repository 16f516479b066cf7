import assert from 'node:assert/strict';
import { inTransaction } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import {
  checkpointLease,
  finishLease,
  lockLease,
  registerShards,
  releaseLeases,
  removeWorker,
  renewLeases,
  takeLeases,
} from './store.ts';

const LEASE_MS = 10_000;

describe('Leases', () => {
  let database: TestDatabase;
  let run = 0;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  /** A scope of its own per test, with shards and live workers. */
  async function scopeWith(shards: { shard: string; parents?: string[] }[], workers: string[]) {
    run += 1;
    const scope = { consumer: `consumer-${run}`, source: 'dialog-commands' };
    await registerShards(
      database.adminPool,
      scope,
      shards.map(({ shard, parents = [] }) => ({ shard, parents })),
    );
    for (const worker of workers) await renewLeases(database.adminPool, scope, worker);
    return scope;
  }
  const names = (leases: { shard: string }[]): string[] => leases.map(({ shard }) => shard).sort();
  const expire = (consumer: string, owner: string) =>
    database.adminPool.query(
      `UPDATE lease SET renewed_at = renewed_at - interval '1 hour' WHERE consumer = $1 AND owner = $2`,
      [consumer, owner],
    );

  it('are shared out evenly among live workers', async () => {
    const scope = await scopeWith(
      [{ shard: '0' }, { shard: '1' }, { shard: '2' }, { shard: '3' }],
      ['a', 'b'],
    );
    assert.deepEqual(names(await takeLeases(database.adminPool, scope, 'a', LEASE_MS)), ['0', '1']);
    assert.deepEqual(names(await takeLeases(database.adminPool, scope, 'b', LEASE_MS)), ['2', '3']);
    assert.deepEqual(await takeLeases(database.adminPool, scope, 'a', LEASE_MS), []);
  });

  it('change hands, with a new epoch, when they have run out, and not before', async () => {
    const scope = await scopeWith([{ shard: '0' }], ['a', 'b']);
    const [first] = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    await removeWorker(database.adminPool, scope, 'a');
    assert.deepEqual(await takeLeases(database.adminPool, scope, 'b', LEASE_MS), []);
    await expire(scope.consumer, 'a');
    const [second] = await takeLeases(database.adminPool, scope, 'b', LEASE_MS);
    assert.deepEqual([first?.epoch, second?.epoch], [1, 2]);
  });

  it('fence off the old holder once they have changed hands', async () => {
    const scope = await scopeWith([{ shard: '0' }], ['a', 'b']);
    const [mine] = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    assert.ok(mine);
    await expire(scope.consumer, 'a');
    const [theirs] = await takeLeases(database.adminPool, scope, 'b', LEASE_MS);
    assert.ok(theirs);
    await inTransaction(database.adminPool, async (tx) => {
      assert.equal(await lockLease(tx, scope, 'a', mine), null);
      assert.ok(await lockLease(tx, scope, 'b', theirs));
    });
  });

  it('cannot be taken while their holder is in the middle of a transaction, however old they are', async () => {
    const scope = await scopeWith([{ shard: '0' }], ['a', 'b']);
    const [mine] = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    assert.ok(mine);
    await expire(scope.consumer, 'a');
    await inTransaction(database.adminPool, async (tx) => {
      assert.ok(await lockLease(tx, scope, 'a', mine));
      assert.deepEqual(await takeLeases(database.adminPool, scope, 'b', LEASE_MS), []);
      await checkpointLease(tx, scope, '0', '42');
    });
    assert.deepEqual(await takeLeases(database.adminPool, scope, 'b', LEASE_MS), [], 'the commit renewed it');
  });

  it('of child shards wait until their parents are finished', async () => {
    const scope = await scopeWith(
      [
        { shard: 'p' },
        { shard: 'q' },
        { shard: 'child', parents: ['p', 'q'] },
        { shard: 'orphan', parents: ['gone'] },
      ],
      ['a'],
    );
    assert.deepEqual(names(await takeLeases(database.adminPool, scope, 'a', LEASE_MS)), ['orphan', 'p', 'q']);
    for (const shard of ['p', 'q']) {
      assert.deepEqual(await takeLeases(database.adminPool, scope, 'a', LEASE_MS), []);
      await inTransaction(database.adminPool, (tx) => finishLease(tx, scope, shard));
    }
    assert.deepEqual(names(await takeLeases(database.adminPool, scope, 'a', LEASE_MS)), ['child']);
  });

  it('are not finished while the outbox of the shard has rows', async () => {
    const scope = await scopeWith([{ shard: 'p' }], ['a']);
    await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    await database.adminPool.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       VALUES ($1, 'p', 'stream', 'dialog-events', '+14155550101', '{}')`,
      [scope.consumer],
    );
    assert.equal(await inTransaction(database.adminPool, (tx) => finishLease(tx, scope, 'p')), false);
    await database.adminPool.query('DELETE FROM outbox WHERE producer = $1', [scope.consumer]);
    assert.equal(await inTransaction(database.adminPool, (tx) => finishLease(tx, scope, 'p')), true);
  });

  it('are handed to a worker that came later and asked', async () => {
    const scope = await scopeWith([{ shard: '0' }, { shard: '1' }], ['a']);
    const taken = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    await renewLeases(database.adminPool, scope, 'b');
    assert.deepEqual(await takeLeases(database.adminPool, scope, 'b', LEASE_MS), []);
    const asked = (await renewLeases(database.adminPool, scope, 'a')).find((lease) => lease.wantedBy === 'b');
    assert.ok(asked, 'the holder hears that b asks for one');
    await releaseLeases(database.adminPool, scope, 'a', [asked], LEASE_MS);
    const ofB = await renewLeases(database.adminPool, scope, 'b');
    assert.deepEqual(names(ofB), [asked.shard]);
    assert.equal(ofB[0]?.epoch, asked.epoch + 1);
    assert.equal(taken.length, 2);
    assert.deepEqual(
      await takeLeases(database.adminPool, scope, 'b', LEASE_MS),
      [],
      'balanced: asks for no more',
    );
    assert.equal((await renewLeases(database.adminPool, scope, 'a'))[0]?.wantedBy, null);
  });

  it('are given back together, but for those that have changed hands', async () => {
    const scope = await scopeWith([{ shard: '0' }, { shard: '1' }, { shard: '2' }], ['a']);
    const taken = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    await renewLeases(database.adminPool, scope, 'b');
    await database.adminPool.query(
      `UPDATE lease SET owner = 'c', epoch = epoch + 1 WHERE consumer = $1 AND shard = '1'`,
      [scope.consumer],
    );
    await takeLeases(database.adminPool, scope, 'b', LEASE_MS);
    await database.adminPool.query(
      `UPDATE lease SET wanted_by = CASE shard WHEN '0' THEN 'b' ELSE 'dead' END WHERE consumer = $1`,
      [scope.consumer],
    );
    await releaseLeases(database.adminPool, scope, 'a', taken, LEASE_MS);
    const { rows } = await database.adminPool.query(
      'SELECT shard, owner, epoch FROM lease WHERE consumer = $1 ORDER BY shard',
      [scope.consumer],
    );
    assert.deepEqual(rows, [
      { shard: '0', owner: 'b', epoch: 2 },
      { shard: '1', owner: 'c', epoch: 2 },
      { shard: '2', owner: null, epoch: 1 },
    ]);
  });

  it('are given back in one order, so that nobody who locks all of them meets a release in the middle', async () => {
    const shards = ['0', '1', '2', '3'];
    const scope = await scopeWith(
      shards.map((shard) => ({ shard })),
      ['a'],
    );
    const taken = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    // In the table the last comes first: whoever goes by where rows lie meets the others.
    for (const shard of shards.toReversed())
      await database.adminPool.query(
        'UPDATE lease SET renewed_at = clock_timestamp() WHERE consumer = $1 AND shard = $2',
        [scope.consumer, shard],
      );
    const lock = (last: string) =>
      `SELECT FROM lease WHERE consumer = $1 AND shard <= '${last}' ORDER BY shard FOR UPDATE`;
    const backwards = taken.toSorted((one, other) => other.shard.localeCompare(one.shard));
    const releases = await inTransaction(database.adminPool, async (tx) => {
      await tx.query(lock('0'), [scope.consumer]);
      const release = releaseLeases(database.adminPool, scope, 'a', backwards, LEASE_MS);
      await eventually(async () => {
        const { rows } = await database.adminPool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        assert.equal(rows.length, 1, 'the release waits');
      });
      // It waits with nothing in hand that is wanted here.
      await tx.query(lock('3'), [scope.consumer]);
      return [release];
    });
    await Promise.all(releases);
    assert.deepEqual(names(await takeLeases(database.adminPool, scope, 'a', LEASE_MS)), shards);
  });

  it('keep their checkpoint from owner to owner', async () => {
    const scope = await scopeWith([{ shard: '0' }], ['a']);
    const [mine] = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    assert.ok(mine);
    await inTransaction(database.adminPool, (tx) => checkpointLease(tx, scope, '0', '4711'));
    await releaseLeases(database.adminPool, scope, 'a', [mine], LEASE_MS);
    await registerShards(database.adminPool, scope, [{ shard: '0', parents: [] }]);
    const [again] = await takeLeases(database.adminPool, scope, 'a', LEASE_MS);
    assert.equal(again?.checkpoint, '4711');
  });
});
