import type { World } from '../world.ts';

export function systemTests(world: () => World): void {
  it('says what waits', async () => {
    const page = await world().open('/system');
    await page.getByText('Waiting to go').waitFor();
    await world().looksRight(page, 'system');
    await world().close(page);
  });
}
