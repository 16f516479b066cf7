import { World } from './world.ts';

/** Tests of some areas of the console, by their titles. They share one system and one browser, and run in this order. */
export function describeAreas(areas: Readonly<Record<string, (world: () => World) => void>>): void {
  describe('The web console', () => {
    let world: World;
    before(async () => {
      world = await World.start();
    });
    afterEach(() => world.closeAll());
    after(() => world?.end());

    for (const [title, tests] of Object.entries(areas)) describe(title, () => tests(() => world));
  });
}
