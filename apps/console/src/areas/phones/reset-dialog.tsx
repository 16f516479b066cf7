import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { refresh } from '../../api/touch.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useTexts } from '../../texts/language.tsx';
import { resetSimulator } from './simulator.ts';
import { phoneTexts } from './texts.ts';

/** Before the simulated carrier forgets everything: what goes, what stays, and a word to type. */
export function ResetDialog({ close }: { close: () => void }) {
  const say = useTexts(phoneTexts);
  const cache = useQueryClient();
  const [typed, setTyped] = useState('');
  const word = say('resetWord');
  const isSure = typed.trim().toLowerCase() === word;
  const reset = useMutation({
    mutationFn: resetSimulator,
    onSuccess: () => {
      void refresh(cache, { queryKey: ['simulator'] });
      void tellDone(say('resetDone'));
      close();
    },
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (isSure) reset.mutate();
  };
  return (
    <Dialog close={close} title={say('resetTitle')}>
      <form onSubmit={send}>
        <Stack gap="sm">
          <Text size="sm">{say('resetWhat')}</Text>
          <Text size="sm">{say('resetStays')}</Text>
          <TextInput
            data-autofocus
            label={say('resetTyped', { word })}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {reset.error && <FaultBox error={reset.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {say('keep')}
            </Button>
            <Button type="submit" color="red" disabled={!isSure} loading={reset.isPending}>
              {say('resetDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
