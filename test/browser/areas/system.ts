import assert from 'node:assert/strict';
import { giveUpOn } from '../../driver/queues.ts';
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

  it('shows how it went day by day, and what left outside its hours', async () => {
    await world().system.database.query(
      `INSERT INTO operating_count (day, campaign_id, measure, value)
       SELECT (now() AT TIME ZONE 'UTC')::date, '00000000-0000-0000-0000-000000000000', measure, value
         FROM (VALUES ('within', 997), ('outside_law', 3), ('start_failed:too_late', 2)) AS made(measure, value)
       ON CONFLICT (day, campaign_id, measure) DO UPDATE SET value = operating_count.value + excluded.value`,
    );
    const page = await world().open('/system/figures');
    await page.getByText('3 messages left outside their hours.').waitFor();
    await page.getByText('Its end came first').waitFor();
    await page.getByRole('table', { name: 'Figures day by day' }).getByText('3', { exact: true }).waitFor();
    await page.getByText('Texts and lessons').waitFor();
    await world().looksRight(page, 'figures');
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

  it('tells the second of two who settle the same record what the first did, and shows both lists as they are by then', async () => {
    const { rows } = await world().system.database.query<{ id: string }>(
      `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
       SELECT 'dialog', 'dialog-commands', 'two', n::text, '+14155550142', 'quarantined', 'type: there is no command BREW_TEA',
              '{"type":"BREW_TEA"}', now() FROM generate_series(1, 2) AS n RETURNING id::text`,
    );
    const ids = rows.map(({ id }) => id);
    const page = await world().open('/system/dead-letters');
    await page
      .getByRole('row', { name: /BREW_TEA/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Give up…' }).click();
    const givesUp = page.getByRole('dialog', { name: 'Give it up?' });
    await givesUp.getByText('"type": "BREW_TEA"').waitFor();
    await givesUp.getByText('All of dialog with the same reason').click();
    await givesUp.getByText('2 records would be given up.').waitFor();
    await givesUp.getByLabel('Why').fill('Nobody drinks tea here either.');
    await givesUp.getByRole('textbox', { name: 'Type 2, how many records that is' }).fill('2');
    const looked = page.waitForResponse((response) => response.url().endsWith('/dead-letters/rehearsal'));
    await givesUp.getByText('alone').click();
    await looked;
    // A colleague, after the dialog has looked at what there is to settle.
    const { error } = await world().api.POST('/v1/dead-letters/discard', {
      body: { ids, why: 'Settled at the desk.' },
    });
    assert.equal(error, undefined);
    await givesUp.getByRole('button', { name: 'Give up' }).click();
    await givesUp.getByText('Somebody was first with it').waitFor();
    await givesUp.getByText('“Settled at the desk.”', { exact: false }).first().waitFor();
    await world().looksRight(page, 'dead-letter-second');
    await givesUp.getByRole('button', { name: 'Leave it' }).click();
    await page.keyboard.press('Escape');
    await page
      .getByRole('row', { name: /BREW_TEA/ })
      .first()
      .waitFor({ state: 'detached' });
    await world().system.database.query(`DELETE FROM quarantined_record WHERE shard = 'two'`);
    await world().close(page);
  });

  it('shows what a queue gave up on, puts a turn into it again, and gives one up with a reason', async () => {
    await giveUpOn(world().system.sqsUrl, 'voice.fifo', ['+14155550143', '+14155550144', '+14155550145']);
    const page = await world().open('/system/dead-letters?which=queues&queue=voice.fifo');
    const of = (phone: string) => page.locator('tr[data-row]').filter({ hasText: phone });
    await of('+14155550143').waitFor();
    await world().looksRight(page, 'queue-dead-letters');
    await of('+14155550143').getByRole('button', { name: 'Give up…' }).click();
    const givesUp = page.getByRole('dialog', { name: 'Give this turn up?' });
    await givesUp.getByText('One is there.').waitFor();
    await givesUp.getByLabel('Why').fill('Its call was made by hand.');
    await world().looksRight(page, 'queue-dead-letter-discard');
    await givesUp.getByRole('button', { name: 'Give up' }).click();
    await of('+14155550143').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Try all 2 again…' }).click();
    const again = page.getByRole('dialog', { name: 'Put it into the queue again?' });
    await again.getByRole('textbox', { name: 'Type 2, how many people that is' }).fill('2');
    await again.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No queue has given up on anything').waitFor();
    const { data } = await world().api.GET('/v1/audit', {
      params: { query: { subject: 'queue-dead-letter', limit: 10 } },
    });
    assert.deepEqual(data?.items.map(({ action }) => action).sort(), ['discarded', 'redriven', 'redriven']);
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
