import type { World } from '../world.ts';

export function homeTests(world: () => World): void {
  it('says how it stands', async () => {
    const page = await world().open('/');
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    await world().looksRight(page, 'home');
    await world().close(page);
  });
}
