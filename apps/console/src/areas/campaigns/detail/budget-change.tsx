import { Button, Group, NumberInput, Popover, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import type { Campaign, CampaignGuard } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { detailTexts } from './texts.ts';

const ENDED = new Set<Campaign['status']>(['completed', 'failed', 'stopped']);

/** The most that a campaign may cost, changed while it runs: whoever was paused by it goes on once somebody resumes it. */
export function BudgetChange({
  campaign: { id, status },
  guard,
}: {
  campaign: Campaign;
  guard: CampaignGuard;
}) {
  const say = useTexts(detailTexts);
  const may = useMay('operator');
  const [isShown, { close, toggle }] = useDisclosure();
  const [amount, setAmount] = useState<number | ''>(guard.budget ?? '');
  const change = useChange('put', '/v1/campaigns/{id}/budget', {
    touches: ['/v1/campaigns'],
    onDone: () => {
      void tellDone(say('budgetChanged'));
      close();
    },
  });
  if (!may || ENDED.has(status)) return null;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (amount !== '') change.mutate({ path: { id }, body: { budget: amount } });
  };
  return (
    <Popover
      opened={isShown}
      onChange={(shown) => !shown && close()}
      position="bottom-end"
      width={280}
      trapFocus
    >
      <Popover.Target>
        <Button variant="subtle" size="compact-xs" onClick={toggle}>
          {say('changeBudget')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={send}>
          <Stack gap="sm">
            <NumberInput
              data-autofocus
              label={say('budget', { currency: guard.currency })}
              description={say('budgetHint')}
              min={0.01}
              max={1_000_000}
              decimalScale={2}
              value={amount}
              onChange={(value) => setAmount(value === '' ? '' : Number(value))}
            />
            {change.error && <FaultBox error={change.error} />}
            <Group justify="flex-end" gap="xs">
              <Button
                type="submit"
                disabled={amount === '' || amount === guard.budget}
                loading={change.isPending}
              >
                {say('saveBudget')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
