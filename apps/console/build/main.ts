import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildInto, freshBuild } from './build.ts';

/**
 * Builds the web console. Without arguments only when it is stale, into a folder of the cache, which the last line says as
 * JSON; lines before it say what happens. With `--into FOLDER` always, into that folder.
 */
const { values } = parseArgs({ options: { into: { type: 'string' } } });
if (values.into === undefined) {
  const folder = await freshBuild((line) => console.log(line));
  console.log(JSON.stringify({ folder }));
} else {
  await buildInto(resolve(values.into));
}
