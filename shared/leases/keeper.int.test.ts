import assert from 'node:assert/strict';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import { eventually } from '#test/eventually.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type LeaseHolder, LeaseKeeper } from './keeper.ts';
import { type Lease, registerShards } from './store.ts';

const scope = { consumer: 'test', source: 'dialog-commands' };

/** Work on a shard that ends only when told, and remembers whether it was asked to. */
class Work implements LeaseHolder {
  readonly lease: Lease;
  asked = false;
  readonly #end = Promise.withResolvers<void>();
  constructor(lease: Lease) {
    this.lease = lease;
  }
  stop(): Promise<void> {
    this.asked = true;
    return this.#end.promise;
  }
  end(): void {
    this.#end.resolve();
  }
}

describe('A keeper of leases', () => {
  let database: TestDatabase;
  let keepers: LeaseKeeper[];
  let works: Work[];
  let failures: unknown[];

  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    keepers = [];
    works = [];
    failures = [];
    await emptyTables(database.adminPool, 'lease, lease_worker');
    await registerShards(database.adminPool, scope, [{ shard: 's', parents: [] }]);
  });
  afterEach(async () => {
    for (const work of works) work.end();
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    assert.deepEqual(failures, []);
  });

  function start(worker: string): LeaseKeeper {
    const keeper = new LeaseKeeper({
      pool: database.adminPool,
      scope,
      worker,
      clock: systemClock(),
      logger: silentLogger,
      leaseMs: 2_000,
      heartbeatMs: 50,
      onFailure: (error) => failures.push(error),
      hold: (lease) => {
        const work = new Work(lease);
        works.push(work);
        return work;
      },
    });
    keepers.push(keeper);
    keeper.start();
    return keeper;
  }
  /** For good: a thief never renews, and must not lose the lease to whoever is slow. */
  const steal = () =>
    database.adminPool.query(
      `UPDATE lease SET owner = 'thief', epoch = epoch + 1, renewed_at = clock_timestamp() + interval '1 hour'`,
    );
  const free = () => database.adminPool.query('UPDATE lease SET owner = NULL');

  it('asks the work on a lease that was lost to stop, and starts anew when it gets the lease again', async () => {
    start('a');
    await eventually(async () => assert.equal(works.length, 1));
    await steal();
    await eventually(async () => assert.equal(works[0]?.asked, true));
    works[0]?.end();
    await free();
    await eventually(async () => assert.equal(works.length, 2));
    assert.ok((works[1]?.lease.epoch ?? 0) > (works[0]?.lease.epoch ?? 0));
  });

  it('never has two works on one lease, also when the old one found out by itself and ends late', async () => {
    const keeper = start('a');
    await eventually(async () => assert.equal(works.length, 1));
    await steal();
    await eventually(async () => assert.equal(works[0]?.asked, true));
    // As a shard worker does whose transaction met the fence: it says so before it has ended.
    const [old] = works;
    assert.ok(old);
    keeper.forget('s', old);
    await free();
    await eventually(async () => assert.equal(works.length, 2));
    old.end();
    // The keeper has gone on through several heartbeats when another shard, registered now, is held.
    await registerShards(database.adminPool, scope, [{ shard: 't', parents: [] }]);
    await eventually(async () => assert.ok(works.some(({ lease }) => lease.shard === 't')));
    assert.equal(works.filter(({ lease }) => lease.shard === 's').length, 2);
    assert.deepEqual(keeper.shards().sort(), ['s', 't']);
  });

  it('leaves nothing behind when it stops: the next worker gets all leases at once', async () => {
    const a = start('a');
    await eventually(async () => assert.equal(works.length, 1));
    const stopped = a.stop();
    await eventually(async () => assert.equal(works[0]?.asked, true));
    works[0]?.end();
    await stopped;
    const { rows } = await database.adminPool.query('SELECT owner FROM lease');
    assert.deepEqual(rows, [{ owner: null }]);
    assert.equal((await database.adminPool.query('SELECT FROM lease_worker')).rowCount, 0);
  });
});
