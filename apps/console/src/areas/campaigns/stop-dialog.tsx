import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { digitsOf } from '../../parts/typed-count.tsx';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import type { Told } from './commands.ts';
import { commandTexts } from './texts.ts';

/** Before a campaign is stopped for people who wait for it: they are told how many, and type it. */
export function StopDialog({
  campaign,
  close,
  stop,
  waiting,
}: {
  campaign: Told;
  waiting: number;
  stop: (campaign: Told) => void;
  close: () => void;
}) {
  const say = useTexts(commandTexts);
  const language = useLanguage();
  const [typed, setTyped] = useState('');
  const isSure = waiting === 0 || digitsOf(typed) === String(waiting);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!isSure) return;
    stop(campaign);
    close();
  };
  return (
    <Dialog close={close} title={say('stopTitle', { name: campaign.name })}>
      <form onSubmit={send}>
        <Stack gap="sm">
          <Text size="sm">{waiting === 0 ? say('stopNobody') : say('stopWhy', { count: waiting })}</Text>
          {waiting > 0 && (
            <TextInput
              data-autofocus
              label={say('stopTyped', { count: waiting.toLocaleString(language) })}
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {say('keep')}
            </Button>
            <Button type="submit" color="red" disabled={!isSure}>
              {say('stopDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
