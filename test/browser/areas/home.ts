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
  it('leads to the campaign that failed, and to those that run', async () => {
    const name = 'Shots at the fair';
    const { data } = await world().api.POST('/v1/campaigns', {
      body: {
        name,
        type: 'sms',
        intent: 'transactional',
        definition: { audience: {}, timeZone: 'America/Chicago' },
      },
    });
    assert.ok(data);
    const stands = (status: string): Promise<unknown> =>
      world().system.database.query(
        `UPDATE campaign SET status = $2, reason = 'It rained.' WHERE campaign_id = $1`,
        [data.id, status],
      );
    await stands('failed');
    const page = await world().open('/');
    await page.getByRole('link', { name: `${name} failed: It rained.` }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await stands('active');
    await page.goto(new URL('/console/', page.url()).href);
    await page.getByRole('table').getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await world().close(page);
    await world().system.database.query('DELETE FROM campaign WHERE campaign_id = $1', [data.id]);
  });
}
