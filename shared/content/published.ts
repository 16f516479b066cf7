import type { Clock } from '#shared/clock.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import { withOwnNumbers } from '#shared/drills/content.ts';
import { type Drills, drillsFrom, type PublishedContent } from '#shared/drills/drills.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inSnapshot, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { readProgrammes, readPublishedBesides, readPublishedVersions, readRevision } from './read.ts';

/** How long a look at the content may keep a batch waiting when there is something in memory to go on with, in ms. */
const PATIENCE_MS = 500;
/** Content that nobody could ask about for so long, in ms, is not gone by any more. */
const OLDEST_MS = 60_000;

export interface PublishedDrillsDeps {
  /** Of its own: a batch that holds a connection waits for this one, so that it must not wait for those of other batches. */
  pool: Pool;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** What "default" stands for among the numbers of programmes. */
  defaultSender: PhoneNumber;
  /** How often the database is asked whether anything was published, at most, in ms. 0: every time. */
  checkEveryMs?: number;
}

interface Kept {
  revision: number;
  drills: readonly Drill[];
  content: PublishedContent;
  /** When it was last found to be the newest: the moment before that was asked. */
  checkedAt: number;
}

/**
 * Drills and programmes as PostgreSQL has them, kept in memory. Whoever asks gets what was published a second ago or
 * later. When the database cannot say within half a second, or says what nobody can read, what is in memory serves for a
 * minute; after that, and when there is nothing in memory, `current` rejects with `unavailable`. One look at a time, however many ask.
 */
export function publishedDrills(deps: PublishedDrillsDeps): Drills {
  const { clock, checkEveryMs = 1_000 } = deps;
  let kept: Kept | null = null;
  let looking: Promise<Kept> | null = null;

  const look = (): Promise<Kept> => {
    looking ??= newest(deps, kept)
      .then((found) => {
        kept = found;
        return found;
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  };

  return {
    async current() {
      const before = kept;
      if (before !== null && clock.monotonic() - before.checkedAt < checkEveryMs) return before.content;
      try {
        const asked = look();
        return (await (before === null ? asked : soon(asked, clock))).content;
      } catch (error) {
        // Also what cannot be read: it is no fault of the records that wait for it, and must set none of them aside.
        if (kept !== null && clock.monotonic() - kept.checkedAt < OLDEST_MS) return kept.content;
        throw new CarillonError('unavailable', `Nobody can say what is published: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/** The answer, if it comes soon enough; else `unavailable`. Whoever asks next finds it when it comes later. */
async function soon<T>(asked: Promise<T>, clock: Pick<Clock, 'sleep'>): Promise<T> {
  const waiting = new AbortController();
  const late = clock.sleep(PATIENCE_MS, waiting.signal).then(
    () => {
      throw new CarillonError('unavailable', `no answer within ${PATIENCE_MS} ms`);
    },
    // The answer was there first.
    () => asked,
  );
  return await Promise.race([asked, late]).finally(() => {
    waiting.abort();
  });
}

async function newest({ clock, defaultSender, pool }: PublishedDrillsDeps, kept: Kept | null): Promise<Kept> {
  const checkedAt = clock.monotonic();
  return await inSnapshot(pool, async (tx) => {
    await tx.query(`SET LOCAL statement_timeout = ${PATIENCE_MS}`);
    const revision = await readRevision(tx);
    if (kept?.revision === revision) return { ...kept, checkedAt };
    const drills = await readDrills(tx, kept?.drills ?? []);
    const programmes = withOwnNumbers(await readProgrammes(tx), defaultSender);
    return { revision, drills, content: drillsFrom({ drills, programmes }), checkedAt };
  });
}

/** Only what is not in memory is read: the others stay the objects that they are. */
async function readDrills(tx: Transaction, known: readonly Drill[]): Promise<Drill[]> {
  const versions = await readPublishedVersions(tx);
  const still = known.filter(({ slug, version }) => versions.get(slug) === version);
  return [...still, ...(await readPublishedBesides(tx, still))];
}
