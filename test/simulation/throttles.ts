import type { Pool } from '#shared/postgres/pool.ts';
import { lockGroup, updateGroup } from '../../apps/api/throttle-groups/store.ts';
import { insertThrottleGroup } from '../../apps/campaigns/test-campaigns.ts';
import type { Database } from './database.ts';
import type { Features } from './features.ts';
import type { Simulation } from './simulation.ts';
import { Staff } from './staff.ts';
import type { Task } from './task.ts';
import {
  countFaults,
  freeOf,
  type Limit,
  type LimitInForce,
  LOOKED_MS,
  limitFaults,
  mostTaken,
  type Taken,
} from './throttle-ledger.ts';

interface Group {
  id: string;
  name: string;
  /** As staff has set it, one after the other: the one before holds until the next is known to hold. */
  limits: LimitInForce[];
  /** That name it, by their numbers in the run. */
  campaigns: number[];
}

/** Limits that bind: campaigns of a run have 2 to 15 texts to send together. */
const MOST = { least: 2, most: 7 };
/** Of what is not asked of a run any more. */
const ALL_AT_ONCE = { most: 1_000, per: 'minute', evenly: false } as const;
/** Into the calm: the campaigns have looked since; or a period of a minute has passed. */
const PATIENCE_MS = { short: 20_000, long: 80_000 };
/** So often it is looked at what groups say was taken of them, before campaigns are asked why they wait. */
const LOOK_MS = 500;
const CHANGED_MS = { least: 500, most: 25_000 };

/** Throttle groups that the campaigns of a run share, and staff who changes them. */
export class Throttles {
  readonly #simulation: Simulation;
  readonly #database: Database;
  readonly #random: () => number;
  readonly #staff: Staff;
  readonly #groups: Group[] = [];
  /** Nobody changes anything any more. */
  #isOver = false;
  /** By what the campaigns are known, in the order of their numbers. */
  #campaigns: readonly string[] = [];

  constructor(simulation: Simulation, database: Database, { random }: Features) {
    this.#simulation = simulation;
    this.#database = database;
    this.#random = random;
    this.#staff = new Staff(simulation);
  }

  /** Makes one or two, which so many campaigns name; returns those of each. All name one of them, mostly the same one. */
  async make(campaigns: number): Promise<string[][]> {
    const { world } = this.#simulation;
    const named: string[][] = Array.from({ length: campaigns }, () => []);
    const groups = this.#random() < 0.4 ? 2 : 1;
    for (let index = 0; index < groups; index += 1) {
      const limit = this.#draw();
      const name = `Group ${index}`;
      const id = await insertThrottleGroup(this.#pool(), world.time(), { ...limit, name });
      const its = named.flatMap((ids, campaign) => {
        const isIn =
          index === 0 ? groups === 1 || this.#random() < 0.8 : ids.length === 0 || this.#random() < 0.5;
        if (isIn) ids.push(id);
        return isIn ? [campaign] : [];
      });
      this.#groups.push({
        id,
        name,
        campaigns: its,
        limits: [{ ...limit, from: 0, to: Number.POSITIVE_INFINITY }],
      });
    }
    return named;
  }

  /** What the campaigns are known by now, in the order of their numbers; from now on somebody may change a group. */
  began(campaigns: readonly string[]): void {
    this.#campaigns = campaigns;
    const { scheduler } = this.#simulation.world;
    for (const group of this.#groups)
      for (let left = 2; left > 0 && this.#random() < 0.5; left -= 1) {
        const limit = this.#draw();
        const after = CHANGED_MS.least + this.#random() * (CHANGED_MS.most - CHANGED_MS.least);
        scheduler.after(after, `staff changes ${group.name}`, null, () => {
          if (!this.#isOver) void this.#change(group, limit);
        });
      }
  }

  /** Waits whether the campaigns take what they may, and then lets everything through; returns what they have left. */
  async giveIn(): Promise<string[]> {
    const { scheduler } = this.#simulation.world;
    const patience = this.#random() < 0.15 ? PATIENCE_MS.long : PATIENCE_MS.short;
    const end = scheduler.now + patience;
    await scheduler.run(() => false, end - LOOKED_MS);
    const looks = [await this.#taken()];
    for (let at = end - LOOKED_MS; at < end; at += LOOK_MS) {
      await scheduler.run(() => false, Math.min(end, at + LOOK_MS));
      looks.push(await this.#taken());
    }
    const faults = await this.#idle(mostTaken(looks));
    this.#isOver = true;
    for (const group of this.#groups)
      scheduler.after(0, `staff gives ${group.name} up`, null, () => void this.#change(group, ALL_AT_ONCE));
    return faults;
  }

  /** What has become of the promises of groups. */
  async faults(): Promise<string[]> {
    const rows = await this.#database.read<{ campaign_id: string; created_at: Date; queued_at: Date }>(
      'SELECT campaign_id, created_at, queued_at FROM message WHERE campaign_id IS NOT NULL',
    );
    const used = await this.#database.read<{ id: string; campaign_id: string; used: number }>(
      `SELECT throttle_group_id AS id, campaign_id, sum(used)::int AS used FROM throttle_use GROUP BY 1, 2`,
    );
    return this.#groups.flatMap(({ campaigns, id, limits, name }) => {
      const its = campaigns.map((campaign) => this.#campaigns[campaign] ?? '');
      // A share is taken after the time by which the audience is read, and before the row is written.
      const planned = rows
        .filter(({ campaign_id }) => its.includes(campaign_id))
        .map(({ created_at, queued_at }) => ({ from: created_at.getTime(), to: queued_at.getTime() }));
      return [
        ...limitFaults(name, planned, limits),
        ...its.flatMap((campaign) =>
          countFaults(
            name,
            {
              planned: rows.filter(({ campaign_id }) => campaign_id === campaign).length,
              used: used.find((each) => each.id === id && each.campaign_id === campaign)?.used ?? 0,
            },
            this.#mayBeLost,
          ),
        ),
      ];
    });
  }

  end(): Promise<void> {
    return this.#simulation.connections.abandon(this.#staff);
  }

  /** Whoever died, or did not hear of a commit, may have taken what was used by nobody. */
  get #mayBeLost(): boolean {
    const { connections, tasks } = this.#simulation;
    return (
      connections.cut.has('campaigns') ||
      tasks.some(({ life, service, wasStopped }) => service === 'campaigns' && (life > 0 || wasStopped))
    );
  }

  #taken(): Promise<Taken[]> {
    return this.#database.read<Taken>(
      'SELECT throttle_group_id AS id, until, sum(used)::int AS used FROM throttle_use GROUP BY 1, 2',
    );
  }

  /** Campaigns that have people to write to, and do not, although there was room in all of their groups. */
  async #idle(used: readonly Taken[]): Promise<string[]> {
    const { tasks, world } = this.#simulation;
    const now = world.time();
    // With nobody there who would have looked, nothing is known.
    const wasThere = ({ alive, deafUntil, service, since }: Task): boolean =>
      service === 'campaigns' && alive && Math.max(deafUntil, since) < world.now - PATIENCE_MS.short;
    if (!tasks.some(wasThere)) return [];
    const waiting = await this.#database.read<{ campaign_id: string; people: number }>(
      `SELECT campaign_id, count(*)::int AS people FROM campaign_contact JOIN campaign USING (campaign_id)
        WHERE status = 'active' AND state IN ('pending', 'held') AND campaign_contact.due_at < $1
        GROUP BY campaign_id ORDER BY campaign_id`,
      [new Date(now.getTime() - PATIENCE_MS.short)],
    );
    const free = this.#groups.map((group) => {
      const its = used.filter(({ id }) => id === group.id);
      const inForce = group.limits.filter(({ to }) => to >= now.getTime() - PATIENCE_MS.short);
      const at = its.map(({ until, used }) => ({ used, until: until.getTime() }));
      return { group, free: Math.min(...inForce.map((limit) => freeOf(limit, at, now.getTime()))) };
    });
    const people = new Map(waiting.map((each) => [this.#campaigns.indexOf(each.campaign_id), each.people]));
    const isKept = (campaign: number): boolean =>
      free.some(({ free: room, group }) => room === 0 && group.campaigns.includes(campaign));
    // What is free may be kept for whoever waits for another group as well.
    const keptFor = ({ campaigns }: Group): number =>
      campaigns.filter(isKept).reduce((sum, campaign) => sum + (people.get(campaign) ?? 0), 0);
    return [...people.keys()].flatMap((number) =>
      free.some(({ free: room, group }) => group.campaigns.includes(number) && room <= keptFor(group))
        ? []
        : [`campaign ${number} waits, and there is room in its throttle groups`],
    );
  }

  async #change(group: Group, limit: Limit): Promise<void> {
    const { world } = this.#simulation;
    const before = group.limits.at(-1);
    group.limits.push({ ...limit, from: world.time().getTime(), to: Number.POSITIVE_INFINITY });
    await this.#staff.does(async (tx, now) => {
      const known = await lockGroup(tx, group.id);
      if (known === null) throw new Error('a throttle group is gone');
      await updateGroup(tx, { ...known, ...limit }, now);
    });
    if (before !== undefined) before.to = world.time().getTime();
    world.scheduler.note(`${group.name} lets ${limit.most} a ${limit.per} through`);
  }

  #draw(): Limit {
    const random = this.#random;
    const per = random() < 0.7 ? 'minute' : random() < 0.5 ? 'hour' : 'day';
    const most = MOST.least + Math.floor(random() * (MOST.most - MOST.least + 1));
    return { most, per, evenly: random() < 0.3 };
  }

  #pool(): Pool {
    return this.#database.admin(this.#simulation.world.time()) as Pool;
  }
}
