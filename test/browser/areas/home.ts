import assert from 'node:assert/strict';
import type { World } from '../world.ts';

export function homeTests(world: () => World): void {
  it('says what came and went, what the first steps are, and what needs somebody, which leads there', async () => {
    const page = await world().open('/');
    await page.getByRole('heading', { name: 'The last 24 hours' }).waitFor();
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    await world().looksRight(page, 'home');
    const { senderNumber } = await world().sender('+14155550151');
    await world().api.POST('/v1/senders/{senderNumber}/halt', {
      params: { path: { senderNumber } },
      body: { reason: 'The carrier asked us to.' },
    });
    await page.reload();
    await page.getByText(`${senderNumber} is halted: The carrier asked us to.`).click();
    await page.getByRole('dialog', { name: senderNumber }).waitFor();
    // Back leads to where somebody came from.
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    await world().api.POST('/v1/senders/{senderNumber}/resume', { params: { path: { senderNumber } } });
    await page.reload();
    // It says how things stand once it knows all that needs somebody.
    await page
      .getByText(/needs? you/)
      .first()
      .waitFor();
    assert.equal(await page.getByText(`${senderNumber} is halted`).count(), 0);
    await world().close(page);
  });
}
