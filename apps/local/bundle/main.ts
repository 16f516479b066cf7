import { freshFolder } from '../../console/build/kept-build.ts';
import { bundleBuild } from './build.ts';

/** Bundles the services when their sources have changed; the last line says, as JSON, in which folder they are. */
const folder = await freshFolder(bundleBuild, () =>
  console.log('their sources have changed: they are bundled'),
);
console.log(JSON.stringify({ folder }));
