import { readFile, writeFile } from 'node:fs/promises';
import { replaceBetween } from '../../../scripts/generated-docs.ts';
import { scalingTargets } from '../targets.ts';
import { allTasks, playAll } from './compare.ts';
import { DAY_SECONDS, playDay } from './day.ts';
import { sourcesDigest } from './digest.ts';
import { bounds } from './environment.ts';
import { dayLoad, SEED } from './load.ts';
import { dayPicture } from './picture.ts';
import { comparisonTables, dayTables } from './tables.ts';

/**
 * `npm run infra:scaling`: plays a day through the scaling plans, prints the figures and writes them with their picture
 * to docs/scaling.md and docs/scaling.svg. Takes about a minute.
 */

const load = dayLoad(SEED);
const play = playAll(load);
const chosen = playDay({ targets: scalingTargets, load, bounds, seconds: DAY_SECONDS });
const everything = playDay({ targets: scalingTargets, load, bounds: allTasks(), seconds: DAY_SECONDS });
const tables = { day: dayTables(chosen, everything), comparisons: comparisonTables(play, scalingTargets) };
console.log(`${tables.day}\n\n${tables.comparisons}`);

const document = new URL('../../../docs/scaling.md', import.meta.url);
const parts = { ...tables, digest: `<!-- ${await sourcesDigest()} -->` };
await writeFile(
  document,
  Object.entries(parts).reduce(
    (text, [name, content]) => replaceBetween(text, name, content),
    await readFile(document, 'utf8'),
  ),
);
await writeFile(new URL('../../../docs/scaling.svg', import.meta.url), dayPicture(chosen, scalingTargets));
