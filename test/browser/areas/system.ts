import assert from 'node:assert/strict';
import type { World } from '../world.ts';

export function systemTests(world: () => World): void {
  it('shows the map of what runs, and by the table beside it who reads what', async () => {
    const page = await world().open('/system');
    await page.getByText('Waiting to go').waitFor();
    const map = page.getByRole('img', { name: /What goes from which part/ });
    await map.getByText('Dialog', { exact: true }).waitFor();
    await page.getByRole('table', { name: 'Readers of streams' }).getByText('outbound').waitFor();
    await page.getByText('Listening').waitFor();
    await world().looksRight(page, 'system');
    await world().close(page);
  });

  it('shows each dead letter at the side, under its own address, and closes it with Escape', async () => {
    await world().system.database.query(
      `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
       VALUES ('dialog', 'dialog-commands', 'none', '1', '+14155550141', 'quarantined', 'type: there is no command MAKE_COFFEE',
               '{"type":"MAKE_COFFEE"}', now())`,
    );
    const page = await world().open('/system/dead-letters');
    await world().looksRight(page, 'dead-letters');
    await page.getByRole('row', { name: /MAKE_COFFEE/ }).click();
    await page.waitForURL(/dead-letters\/\d+/);
    await page.getByRole('dialog').getByText('"type": "MAKE_COFFEE"').waitFor();
    await world().looksRight(page, 'dead-letter');
    await page.reload();
    await page.getByRole('dialog').getByText('"type": "MAKE_COFFEE"').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForURL(/dead-letters$/);
    await world().close(page);
  });

  it('says what giving a record up would do, takes a reason, and has it among those that are settled', async () => {
    const page = await world().open('/system/dead-letters');
    await page.getByRole('row', { name: /MAKE_COFFEE/ }).click();
    await page.getByRole('button', { name: 'Try again…' }).click();
    const again = page.getByRole('dialog', { name: 'Try it again?' });
    await again.getByText('One record would go onto its stream again.').waitFor();
    await world().looksRight(page, 'dead-letter-redrive');
    await again.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('button', { name: 'Give up…' }).click();
    const givesUp = page.getByRole('dialog', { name: 'Give it up?' });
    await givesUp.getByText('One record would be given up.').waitFor();
    assert.ok(await givesUp.getByRole('button', { name: 'Give up' }).isDisabled());
    await givesUp.getByLabel('Why').fill('Nobody drinks coffee here.');
    await givesUp.getByRole('button', { name: 'Give up' }).click();
    await page.getByRole('dialog').getByText('Nobody drinks coffee here.').waitFor();
    await world().looksRight(page, 'dead-letter-settled');
    await world().system.database.query(`DELETE FROM quarantined_record WHERE shard = 'none'`);
    await world().close(page);
  });

  it('halts a number with a reason and lets it go on', async () => {
    const { senderNumber } = await world().sender('+14155550152');
    const page = await world().open(`/system/senders/${encodeURIComponent(senderNumber)}`);
    const drawer = page.getByRole('dialog', { name: senderNumber });
    await drawer.getByLabel('Why').fill('It rings at night.');
    await drawer.getByRole('button', { name: 'Halt this number' }).click();
    await drawer.getByText('It rings at night.').waitFor();
    await world().looksRight(page, 'sender');
    await drawer.getByRole('button', { name: 'Let it go on' }).click();
    await drawer.getByRole('button', { name: 'Halt this number' }).waitFor();
    const { data } = await world().api.GET('/v1/senders/{senderNumber}', {
      params: { path: { senderNumber } },
    });
    assert.equal(data?.health, 'ok');
    await world().close(page);
  });

  it('takes in a number that texts go from, and has its terms changed', async () => {
    const page = await world().open('/system/senders');
    await page.getByRole('button', { name: 'New number' }).first().click();
    const adding = page.getByRole('dialog', { name: 'New number' });
    assert.equal(
      await adding.getByRole('button', { name: 'Add the number' }).getAttribute('aria-disabled'),
      'true',
    );
    await adding.getByRole('textbox', { name: 'Number' }).fill('555');
    await adding.getByRole('button', { name: 'Add the number' }).click();
    await adding.getByRole('alert').waitFor();
    await adding.getByRole('textbox', { name: 'Number' }).fill('+14155550164');
    await adding.getByRole('combobox', { name: 'Registration' }).click();
    await page.getByRole('option', { name: 'Being registered' }).click();
    await world().looksRight(page, 'sender-new');
    await adding.getByRole('button', { name: 'Add the number' }).click();
    const drawer = page.getByRole('dialog', { name: '+14155550164' });
    await drawer.getByText('Being registered').waitFor();
    await drawer.getByRole('button', { name: 'Change it' }).click();
    await drawer.getByRole('combobox', { name: 'Registration' }).click();
    await page.getByRole('option', { name: 'Registered', exact: true }).click();
    await drawer.getByRole('textbox', { name: 'Segments a day at most' }).fill('500');
    await world().looksRight(page, 'sender-change');
    await drawer.getByRole('button', { name: 'Save' }).click();
    await drawer.getByText('0 of 500').waitFor();
    const { data } = await world().api.GET('/v1/senders/{senderNumber}', {
      params: { path: { senderNumber: '+14155550164' } },
    });
    assert.deepEqual(
      [data?.registration, data?.segmentsPerDay, data?.segmentsPerSecond],
      ['registered', 500, 1],
    );
    await world().close(page);
  });
}
