import { featuresOf } from './features.ts';

/** Mistakes that the simulation has to find; they are put into the text of modules when they are loaded, and exist nowhere else. */
export type PlantedBug = keyof typeof plantedBugs;

interface Planted {
  /** Of what kind it is. */
  says: string;
  changes: readonly Change[];
  /** What is said of it. */
  shows: RegExp;
  /** A seed that shows it, of those from 1 on the first when it was looked for. */
  seed: number;
  /** What a seed must have for it to show; left out: nothing that not all have. */
  needs?: 'hasThrottles' | 'hasWhatsApp' | 'restless';
}

/** In a module, instead of what it says once; while the bug is on. */
interface Change {
  file: string;
  said: string;
  by: string;
  /** What is said: an expression; words within a template; or something before which statements are made. */
  is: 'expression' | 'before' | 'words';
}

/** The bug that is on; null: none, and everything is as it is. */
export function turnOn(bug: PlantedBug | null): void {
  (globalThis as { plantedBug?: PlantedBug | null }).plantedBug = bug;
}

/** The text of a module with these bugs in it. Throws when it no longer says what is to be changed: a bug that is not planted is found by nobody. */
export function planted(file: string, source: string, bugs: readonly PlantedBug[]): string {
  let text = source;
  for (const bug of bugs) {
    for (const change of plantedBugs[bug].changes) {
      if (change.file !== file) continue;
      if (text.split(change.said).length !== 2) throw new Error(`${file} does not say once: ${change.said}`);
      text = text.replace(change.said, () => within(bug, change));
    }
  }
  return text;
}

function within(bug: PlantedBug, { by, is, said }: Change): string {
  const isOn = `globalThis.plantedBug === '${bug}'`;
  if (is === 'expression') return `(${isOn} ? (${by}) : (${said}))`;
  if (is === 'before') return `if (${isOn}) {\n${by}\n}\n${said}`;
  return `\${${isOn} ? \`${by}\` : \`${said}\`}`;
}

export const plantedBugs = {
  'checkpoint-first': {
    says: 'a checkpoint before its effect',
    shows: /was not executed|did not come to rest/,
    seed: 4,
    changes: [
      {
        // By the checkpoint it would be recognised, and everything be lost at once.
        file: 'shared/kinesis/process-batch.ts',
        is: 'expression',
        said: 'sequenceNumber === held.checkpoint',
        by: 'false',
      },
      {
        file: 'shared/kinesis/process-batch.ts',
        is: 'before',
        said: '  const { definition, lease, pool, scope, worker } = deps;',
        by: `const [at] = records.slice(-1);
  if (at) await inTransaction(deps.pool, (tx) => checkpointLease(tx, deps.scope, deps.lease.shard, at.sequenceNumber));`,
      },
    ],
  },
  'nothing-taken-over': {
    says: 'an heir that forgets what a dead task has left in the outbox',
    shows: /did not come to rest: .*"outbox":[1-9]/,
    seed: 2,
    changes: [
      {
        file: 'shared/kinesis/shard-worker.ts',
        is: 'expression',
        said: 'await this.#publishLeftovers()',
        by: 'undefined',
      },
    ],
  },
  'dead-keep-leases': {
    says: 'leases and slots of the dead that nobody takes over',
    shows: /did not come to rest/,
    seed: 2,
    changes: [
      {
        file: 'shared/leases/store.ts',
        is: 'words',
        said: "(owner IS NULL OR renewed_at < clock_timestamp() - $4 * interval '1 ms')",
        by: '(owner IS NULL OR $4::float8 < 0)',
      },
    ],
  },
  'no-lease-fence': {
    says: 'a missing fence: a consumer that has lost its lease commits what it had in hand',
    shows: /the checkpoint of .* went back/,
    seed: 7,
    changes: [
      {
        file: 'shared/leases/store.ts',
        is: 'words',
        said: 'AND shard = $3 AND owner = $4 AND epoch = $5 FOR UPDATE',
        by: 'AND shard = $3 AND ($4::text, $5::bigint) IS NOT NULL FOR UPDATE',
      },
    ],
  },
  'no-posting-deadline': {
    says: 'a missing fence: requests of a sender that was stopped after its claim',
    shows: /belongs to 0 attempts|was accepted 2 times|after the answer to STOP/,
    seed: 9,
    changes: [
      {
        file: 'shared/sending/turns.ts',
        is: 'expression',
        said: 'begunAt - startedAt > postingDeadlineMs',
        by: 'begunAt < startedAt',
      },
    ],
  },
  'retry-overtaken': {
    says: 'an unordered retry: what is behind a message goes while nobody knows whether the carrier has that one',
    shows: /sent in the order/,
    seed: 8,
    changes: [
      {
        file: 'shared/sending/phone-work.ts',
        is: 'words',
        said: "IN ('queued', 'posting', 'ambiguous', 'held')",
        by: "IN ('queued', 'held')",
      },
      {
        file: 'shared/sending/claim-rules.ts',
        is: 'expression',
        said: 'work.ambiguous.length > 0',
        by: 'false',
      },
    ],
  },
  'status-regress': {
    says: 'a status that goes back: a late callback stands above what came after it',
    shows: /rows in the log|counts as/,
    seed: 7,
    changes: [
      {
        file: 'apps/log/store.ts',
        is: 'expression',
        said: "{ name: 'upsert-message-log', text: UPSERT, values: columnsOf(rows) }",
        by: "{ text: UPSERT.replace(/CASE WHEN excluded.status_rank > log.status_rank THEN excluded.status ELSE log.status END/, 'excluded.status'), values: columnsOf(rows) }",
      },
    ],
  },
  'stop-ignored': {
    says: 'a claim that does not honour a STOP',
    shows: /after the answer to STOP|was claimed while the phone was opted out/,
    seed: 7,
    changes: [
      {
        file: 'shared/sending/claim.ts',
        is: 'expression',
        said: 'await blockSuppressed(tx, phones, now, request.pseudonyms)',
        by: '0',
      },
      {
        file: 'shared/sending/claim-rules.ts',
        is: 'expression',
        said: 'work.suppressed',
        by: 'false',
      },
      {
        file: 'shared/compliance/case.ts',
        is: 'expression',
        said: '(facts.suppressions ?? [])',
        by: '[]',
      },
      {
        file: 'shared/compliance/rules.ts',
        is: 'expression',
        said: "facts.consent?.status === 'opted_out' || facts.consent?.status === 'pending_opt_out'",
        by: 'false',
      },
    ],
  },
  'share-unlocked': {
    says: 'a share of a throttle group that is taken without the lock on it',
    shows: /let \d+ through in/,
    seed: 221,
    needs: 'hasThrottles',
    changes: [
      {
        file: 'shared/throttle/store.ts',
        is: 'expression',
        said: "'SELECT FROM throttle_state WHERE throttle_group_id = ANY ($1) ORDER BY throttle_group_id FOR UPDATE'",
        by: "'SELECT FROM throttle_state WHERE throttle_group_id = ANY ($1) ORDER BY throttle_group_id'",
      },
    ],
  },
  'share-back-twice': {
    says: 'what is not used of a share of a throttle group is given back twice',
    shows: /let \d+ through in|counts \d+ of a campaign that has planned/,
    seed: 54,
    needs: 'hasThrottles',
    changes: [
      {
        file: 'shared/throttle/store.ts',
        is: 'words',
        said: 'SET used = used - back',
        by: 'SET used = greatest(0, used - 2 * back)',
      },
    ],
  },
  'window-unchecked': {
    says: 'free text on WhatsApp that nobody asks about the window of its person',
    shows: /was claimed \d+ ms after|was claimed Infinity|asked for free text/,
    seed: 32,
    needs: 'hasWhatsApp',
    changes: [
      {
        file: 'shared/gate/free-from.ts',
        is: 'expression',
        said: 'template == null && isWhatsApp(senderNumber) ? senderNumber : null',
        by: 'null',
      },
    ],
  },
  'hours-ignored': {
    says: 'a gate that does not ask about hours: neither those of the law nor those of a campaign',
    shows: /outside of hours/,
    seed: 24,
    changes: [
      {
        file: 'shared/compliance/gate.ts',
        is: 'expression',
        said: 'answered === null ? openingFrom(judged, capped) : openingOfAnswer(judged, answered)',
        by: '{ at: capped, validUntil: capped + 3_600_000 }',
      },
    ],
  },
  'closes-late': {
    says: 'hours that end when they end, and not a minute before',
    shows: /was claimed at .*, outside of hours/,
    seed: 68,
    changes: [
      {
        file: 'shared/compliance/gate.ts',
        is: 'expression',
        said: 'answered === null ? openingFrom(judged, capped) : openingOfAnswer(judged, answered)',
        by: `answered === null
          ? ((opening) => opening && { at: Math.max(opening.at, now), validUntil: opening.validUntil + 60_000 })(openingFrom(judged, capped - 60_000))
          : openingOfAnswer(judged, answered)`,
      },
    ],
  },
  'counted-again': {
    says: 'a text of a campaign that counts once more whenever a record says again what is known of it',
    shows: /the campaign counts .* in the log/,
    seed: 5,
    changes: [
      {
        file: 'apps/log/campaign-deliveries.ts',
        is: 'expression',
        said: 'isSame(before, after) ? [] : [{ row, after, changes }]',
        by: '[{ row, after, changes: isSame(before, after) ? changesOf(null, after) : changes }]',
      },
    ],
  },
  'moves-lost': {
    says: 'counts of a campaign that know only one of several contacts who move at once',
    shows: /a count is not that of its rows|the campaign counts .* contacts/,
    seed: 8,
    changes: [
      {
        file: 'shared/campaigns/counts.ts',
        is: 'expression',
        said: '(changes.get(key) ?? 0) + change',
        by: 'change',
      },
    ],
  },
  'executed-again': {
    says: 'a dialog that does not know again what it has executed',
    shows: /events differ from the engine's|messages differ from the events'/,
    seed: 6,
    changes: [
      {
        file: 'apps/dialog/handle-commands.ts',
        is: 'before',
        said: '      const states = await readStates(tx, snapshots, phones);',
        by: 'processed.clear();',
      },
    ],
  },
  'parents-forgotten': {
    says: 'a shard that is read before those that it comes from were read to their end',
    shows: /in another order|differ from|sent in the order|progress asked|has a parked record/,
    seed: 118,
    needs: 'restless',
    changes: [
      {
        file: 'shared/leases/store.ts',
        is: 'words',
        said: `AND \${HAS_NO_OPEN_PARENT}\n         ORDER BY shard LIMIT $5`,
        by: 'ORDER BY shard LIMIT $5',
      },
      {
        file: 'shared/leases/store.ts',
        is: 'words',
        said: `finished_at IS NULL\n        AND \${HAS_NO_OPEN_PARENT}`,
        by: 'finished_at IS NULL',
      },
    ],
  },
} as const satisfies Record<string, Planted>;

export const isPlantedBug = (name: string): name is PlantedBug => Object.hasOwn(plantedBugs, name);
export const ALL_BUGS = Object.keys(plantedBugs) as PlantedBug[];

/**
 * Seeds in which a bug is looked for, `count` at most: those from `first` on that have what it needs; where no first is said, the one that is
 * noted, and when that does not show it any more, those from 1 on, so that the one to be noted is the first again.
 */
export function seedsFor(bug: PlantedBug, first: number | null, count: number): number[] {
  const noted = plantedBugs[bug].seed;
  if (first !== null) return seedsFrom(bug, first, count);
  return [...new Set([noted, ...seedsFrom(bug, 1, count - 1)])];
}

function seedsFrom(bug: PlantedBug, first: number, count: number): number[] {
  const { needs }: Planted = plantedBugs[bug];
  const seeds: number[] = [];
  for (let seed = first; seeds.length < count; seed += 1)
    if (needs === undefined || featuresOf(seed)[needs]) seeds.push(seed);
  return seeds;
}
